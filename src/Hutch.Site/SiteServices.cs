using Hutch.Catalog.Search;
using Hutch.Site.Engines;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Life;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Life.Quotas;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Replication;
using Hutch.Site.Replication.Copies;
using Hutch.Site.Replication.Evicting;
using Hutch.Site.Replication.Homes;
using Hutch.Site.Replication.Purges;
using Hutch.Site.Replication.Space;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Events;
using Hutch.Site.Write.Folders;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Pushes;
using Hutch.Site.Write.Repositories;
using Hutch.Site.Write.Uploads;

namespace Hutch.Site;

/// <summary>One site: segments, records and services. Opening updates records from the journal. Callers check rights and names.</summary>
public sealed partial class SiteServices : IAsyncDisposable
{
    private readonly DanglingReferenceCheck _danglingReferences;
    private readonly HeadModule _heads;
    private readonly LifeModule _life;
    private readonly ReplicationModule _replication;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _recordsDamaged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SiteWarning? _wordsRemade;
    private int _isDamageReported;
    private int _stopped;
    private int _isDisposed;

    private SiteServices(
        ISiteEngine engine, SiteDatabase records, SearchDatabase words, RecordsFile file, Func<IDiskFile> newScratch, SiteOptions options,
        TimeProvider time, ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger<SiteServices>();
        Engine = engine;
        NewId = options.NewId;
        Records = records;
        Words = words;
        Operations = new OperationTracker(() => ReadIndex?.Reached ?? 0);
        Barrier = new GcWriteBarrier();
        var pool = new PayloadPool(options.Blobs.PayloadPoolBytes, static () => RequestScope.User);
        var work = new TransferSlots(options.Work, pool, options.Blobs.ExtentBytesOf(null, engine.Bytes.LeastExtentBytes), time);
        var folders = new FolderBytes(records, work, engine.Others, engine.Others is null || options.ReadsFolders);
        var doubt = new LateDanglingReferences();
        Blobs = new BlobStore(engine.Bytes, records, pool, work, folders, options.Origin, time, doubt);
        Committer = new Committer(
            engine.Log, records.Writer, IsStoredForGood, Blobs.IsWhole, Barrier.Add, Barrier.Add, time,
            loggers.CreateLogger<Committer>(), options.Committer, options.TakeOvers);
        Blobs.Large.Follow(Committer);
        Events = new EventFeed(Committer, records);
        Outbox = new SiteOutbox(records, Events, Committer);
        var tree = new Tree(new PageStore(Blobs), new PageCache(options.Blobs.PageCacheBytes));
        _danglingReferences = new DanglingReferenceCheck(records, tree, file, time);
        doubt.Bind(_danglingReferences);
        Intake = new BlobIntake(Blobs, Operations, options.Blobs, options.NewId);
        _heads = new HeadModule(
            Committer, records, tree, Intake, Operations, options.Fold, isOfOthers: options.Origin is not null, time,
            loggers.CreateLogger<CompactionScheduler>());
        var copies = new PermanentCopier(Committer, Blobs, Intake);
        Lanes = new DatasetLanes(Committer, _heads.Cache, time);
        Entries = new EntryWriter(Committer, Heads, HeadCompactor);
        Folders = new FolderRegistrar(Committer, HeadCompactor, Intake);
        FolderRecords = new FolderRecords(records);
        UnhashedFiles = new UnhashedFiles(records, Blobs);
        FolderHasher = new FolderHasher(
            Committer, records, Blobs, Folders, options.Folders, time, loggers.CreateLogger<FolderHasher>());
        Uploads = new PartUploads(Committer, records, Blobs, Entries, Lanes, Operations, options.Blobs, options.NewId);
        Repositories = new RepositoryWriter(Committer, Heads);
        Pushes = new PushSessions(Committer, records, Intake, pool, Lanes, options.Pushes, options.NewId, time);
        Negotiation = new PushNegotiation(records, Blobs, Heads, Lanes, Pushes, options.Pushes);
        ResumableUploads = new ResumableUploads(Committer, records, Blobs, Lanes, Operations, options.Pushes, options.NewId);
        Changes = new PushChangeChecks(Blobs, copies, Negotiation, options.Pushes);
        PushCommits = new PushCommits(Committer, records, Heads, Changes, Operations, newScratch);
        _life = new LifeModule(Committer, records, tree, HeadCompactor, copies, options, time);
        Checkpointer = new Checkpointer(Committer, records, Operations, Outbox);
        Clock = new TrustedClock(options.Clock, LastRecordOf(records), time, loggers.CreateLogger<TrustedClock>());
        EngineMaintenance upkeep = engine.CreateMaintenance(
            new EngineSite(
                Committer, records, Checkpointer, Barrier, Operations, Blobs, options, Clock, _life.Kept,
                new LocalPurge(words, records, Committer)));
        Files = upkeep.Files;
        _replication = new ReplicationModule(Committer, records, tree, HeadCompactor, Blobs, Intake, engine, options, Clock, time);
        var copySessions = new CopySessions(Committer, Pushes, Negotiation, options.Pushes, options.NewId);
        Copies = new CopyIntake(Committer, records, Blobs, tree, copySessions, Pushes, ResumableUploads, Files, options.Lifecycle);
        EngineLoops = upkeep.Loops;
        Warnings = new SiteWarnings(upkeep.Warnings);
        words.Remade += OnWordsRemade;
        records.DamageFound += OnRecordsDamaged;
        Committer.RecordsDamaged += OnRecordsDamaged;
        Collector = new GarbageCollector(upkeep.Sweeper, upkeep.Temporary, records, Committer, tree, Barrier, file, _danglingReferences);
        TemporaryDataLimit = new TemporaryDataLimit(
            Collector, upkeep.Temporary, records, engine.Leases, options.Lifecycle, time, loggers.CreateLogger<TemporaryDataLimit>());
        Jobs = new MaintenanceJobs(
            Collector, engine.Leases, engine.Jobs, Blobs.Work.Registry, options.NewId, time, loggers.CreateLogger<MaintenanceJobs>());
        Purges = new OrderedPurges(Committer, records, Jobs);
        IMaintenanceTask[] own =
            [
                new CollectionTask(Collector, options.Collector, StoredSpace), new ScrubTask(upkeep.Scrubber, options.Scrub),
                new CheckpointTask(Checkpointer),
            ];
        own.Concat(upkeep.Tasks).ToList().ForEach(Jobs.Add);
        Rules = new LifecycleRuleRunner(records, Heads, Blobs, Entries, Lifecycle, Uploads, options.Lifecycle, time);
        Quotas = new OwnerQuotas(Committer, records, _heads.Cache, time);
        Housekeeper = new Housekeeper(
            records, Quotas, Lifecycle, Rules, Snapshots, Jobs, Clock, time, loggers.CreateLogger<Housekeeper>());
        Verifier = new DatasetVerifier(Heads.Tree, Blobs);
        ReadIndex = new ReadIndex(engine.Log, Committer, records.Writer.AppliedSequence, options.ReadsMayBeOld, time);
        Committer.Follow();
    }

    private StoredSpace StoredSpace() => new(Files.Stored.Bytes, Files.PlaceableBytes, Files.Space.TotalBytes, Files.Small);

    private static DateTimeOffset? LastRecordOf(SiteDatabase records) =>
        records.Writer.Queries.NewestEventTime() is long last ? DateTimeOffset.FromUnixTimeMilliseconds(last) : null;

    /// <summary>Warns of what is found while the site runs, and of what was found when it was opened.</summary>
    private void Warn(SiteWarning? ofRecords, RecordsFile file, SegmentOptions segments)
    {
        Warnings.Add(() => ofRecords);
        Warnings.Add(() => file.IsIncomplete ? SiteRecords.Incomplete : null);
        Warnings.Add(() => _danglingReferences.First is { } unplaced ? SiteRecords.DanglingWarning(unplaced) : null);
        Warnings.Add(() => _wordsRemade);
        Warnings.Add(() => Clock.Warning);
        Warnings.Add(() => Files.HasSpace(DiskFullWarning.NeededBytes) && !Committer.WaitsForSpace
            ? null
            : DiskFullWarning.Full(Files.Space.FreeBytes, segments.ReserveBytes));
        Warnings.Add(TemporaryDataLimit.WarnOfDropped);
        Warnings.Add(TemporaryDataLimit.WarnOfExcess);
    }

    public ISiteEngine Engine { get; }

    public Func<Guid> NewId { get; }

    public IStoredFiles Files { get; }

    public IReadOnlyList<EngineLoop> EngineLoops { get; }

    public SiteDatabase Records { get; }

    public Committer Committer { get; }

    /// <summary>The wait of readers for changes that other servers acknowledged.</summary>
    public ReadIndex ReadIndex { get; }

    public BlobStore Blobs { get; }

    public BlobIntake Intake { get; }

    public EventFeed Events { get; }

    public SiteOutbox Outbox { get; }

    public HeadReader Heads => _heads.Reader;

    public HeadCompactor HeadCompactor => _heads.Compactor;

    public HeadReverter HeadReverter => _heads.Reverter;

    public HeadFiller HeadFiller => _heads.Filler;

    public HeadMover HeadMover => _heads.Mover;

    public CompactionScheduler CompactionScheduler => _heads.Scheduler;

    public DatasetLanes Lanes { get; }

    public EntryWriter Entries { get; }

    public FolderRegistrar Folders { get; }

    public UnhashedFiles UnhashedFiles { get; }

    public FolderRecords FolderRecords { get; }

    public FolderHasher FolderHasher { get; }

    public PartUploads Uploads { get; }

    public PushSessions Pushes { get; }

    public PushNegotiation Negotiation { get; }

    public ResumableUploads ResumableUploads { get; }

    public PushCommits PushCommits { get; }

    public PartCommits PartCommits => new(Committer, Heads, HeadCompactor, Changes, Operations);

    internal PushChangeChecks Changes { get; }

    public RepositoryWriter Repositories { get; }

    public CopyIntake Copies { get; }

    public CopyFreshness Freshness => _replication.Freshness;

    public CopyOffers Offers => _replication.Offers;

    /// <summary>Gives up being the home of datasets, and takes it over.</summary>
    public HomeMoves HomeMoves => _replication.HomeMoves;

    /// <summary>Holds writes at all servers while a home moves.</summary>
    public WritePauses WritePauses => _replication.WritePauses;

    public CopyEnds CopyEnds => _replication.CopyEnds;

    public CopyHolds CopyHolds => _replication.CopyHolds;

    /// <summary>Ends datasets that the zone has ordered to be purged everywhere.</summary>
    public OrderedPurges Purges { get; }

    /// <summary>Evicts bytes that other sites hold, and recalls them.</summary>
    public Evictions Evictions => _replication.Evictions;

    /// <summary>Reads whole datasets again, for sites that check if this site has all of it.</summary>
    public Attester Attester => _replication.Attester;

    public DatasetLifecycle Lifecycle => _life.Lifecycle;

    public DatasetKeeper Keeper => _life.Keeper;

    public Snapshots Snapshots => _life.Snapshots;

    public DatasetSettings Settings => _life.Settings;

    public MetadataDocuments Metadata => _life.Metadata;

    public Checkpointer Checkpointer { get; }

    public TrustedClock Clock { get; }

    public GarbageCollector Collector { get; }

    public OwnerQuotas Quotas { get; }

    public MaintenanceJobs Jobs { get; }

    public LifecycleRuleRunner Rules { get; }

    public Housekeeper Housekeeper { get; }

    public TemporaryDataLimit TemporaryDataLimit { get; }

    public SiteWarnings Warnings { get; }

    public DatasetVerifier Verifier { get; }

    /// <summary>The bytes that a collection would free.</summary>
    public SpaceMeter Space => _replication.Space;

    /// <summary>The last record that the view of the journal has.</summary>
    public long AppliedSequence => Records.Writer.AppliedSequence;

    /// <summary>The reason why nothing can be written until the next start; null while the site works.</summary>
    public string? Failure => Committer.Failure;

    /// <summary>Ends when <c>site.db</c> was found damaged: opening the site again rebuilds it.</summary>
    public Task RecordsDamaged => _recordsDamaged.Task;

    public SearchDatabase Words { get; }

    public OperationTracker Operations { get; }

    internal GcWriteBarrier Barrier { get; }

    /// <summary>
    /// Opens a site in a data folder that this process has locked. A missing or damaged <c>site.db</c> is rebuilt from the log.
    /// </summary>
    public static async Task<SiteServices> OpenAsync(
        IDisk disk, string folder, SiteOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        ISiteEngine engine = await (options.Engine ?? new SegmentEngineFactory(options.Segments, options.Bucket))
            .OpenAsync(disk, folder, time, loggers, ct);
        try
        {
            ILogger logger = loggers.CreateLogger<SiteServices>();
            var file = new RecordsFile(folder);
            (SiteDatabase records, SiteWarning? ofRecords) = await SiteRecords.OpenAsync(engine.Records, file, time, logger, ct);
            try
            {
                ScratchFile.DeleteLeftOvers(disk, folder);
                var words = new SearchDatabase(disk, folder, time);
                Func<IDiskFile> newScratch = () => ScratchFile.Open(disk, folder, options.NewId());
                var site = new SiteServices(engine, records, words, file, newScratch, options, time, loggers);
                site.Warn(ofRecords, file, options.Segments);
                await site.Warnings.LogAsync(logger, ct);
                return site;
            }
            catch
            {
                await records.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops gracefully: finishes the accepted requests, takes no more, and seals the engine, so that the next start is quick.
    /// </summary>
    public async Task SealAsync(CancellationToken ct)
    {
        await StopAsync();
        await Engine.SealAsync(ct);
    }

    /// <summary>Finishes the accepted requests and closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await StopAsync();
        await Words.DisposeAsync();
        Blobs.Work.Dispose();
        _danglingReferences.Dispose();
        await Records.DisposeAsync();
        await Engine.DisposeAsync();
    }

    private async ValueTask StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            Events.Dispose();
            ReadIndex.Dispose();
            Warnings.Dispose();
            TemporaryDataLimit.Dispose();
            Uploads.Dispose();
            await Jobs.DisposeAsync();
            Space.Dispose();
            Collector.Dispose();
            Checkpointer.Dispose();
            await Committer.DisposeAsync();
        }
    }

    /// <summary>Stops taking requests, as results based on damaged records may be wrong; the next start rebuilds them.</summary>
    private void OnRecordsDamaged(Exception damage)
    {
        Committer.Fail(
            "site.db is damaged. It holds nothing that is not in the segments: the server restarts and rebuilds it from them. "
            + "If it does not recover, restart the server.");
        if (Interlocked.Exchange(ref _isDamageReported, 1) != 0)
        {
            return;
        }

        LogRecordsDamaged(_logger, damage);
        try
        {
            new RecordsFile(Path.GetDirectoryName(Records.Path)!).MarkSuspect();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotChecked(_logger, e);
        }

        _recordsDamaged.TrySetResult();
    }

    private void OnWordsRemade(Exception damage)
    {
        LogWordsRemade(_logger, damage);
        _wordsRemade = new SiteWarning(
            "search-rebuilt",
            $"search.db was damaged ({damage.Message.TrimEnd('.')}) and is rebuilt from the records.",
            "Nothing was lost; searches find everything again in a moment. Check the disk: what damaged this file may damage others.");
    }

    [LoggerMessage(
        EventId = 3306, Level = LogLevel.Error, Message = "search.db is damaged: it was deleted and is rebuilt from the records")]
    private static partial void LogWordsRemade(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 3304, Level = LogLevel.Critical,
        Message = "site.db is damaged; writes are refused until the next start, which rebuilds it from the segments")]
    private static partial void LogRecordsDamaged(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 3305, Level = LogLevel.Error,
        Message = "Cannot make the next start check site.db: delete site.db and restart the server")]
    private static partial void LogNotChecked(ILogger logger, Exception exception);

    /// <summary>Returns true if a member need not be written. During a collection, this notes the members that commits rely on.</summary>
    private bool IsStoredForGood(MemberKey key)
    {
        Barrier.Add(key);
        return Blobs.IsStoredForGood(key);
    }
}
