using System.IO.Pipelines;
using Hutch.Disk;
using Hutch.Federation.Copies;
using Hutch.Federation.Doors;
using Hutch.Federation.Homes;
using Hutch.Federation.Keys;
using Hutch.Federation.Purges;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Replication.Purges;
using Hutch.Site.Tests.Engines;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Testing.Clocks;
using Hutch.Zone.Grants;
using Hutch.Zone.Mail;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Homes;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Replication.Purges;
using Hutch.Zone.Replication.Sites;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>A site with records and a view of the zone on a real disk, which does one step when it is told to.</summary>
internal sealed class MovingSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-homes-").FullName;
    private HomeTakeoverWait _takeover = null!;
    private readonly TimeProvider _time;
    private readonly MemoryLog? _log;
    private readonly bool _isFirst;
    private HomeWorker? _worker;
    private PurgeExecutor? _purges;

    private MovingSite(string name, ZoneFolder view, TimeProvider time, MemoryLog? log)
    {
        (Name, View, _time, _log, _isFirst) = (name, view, time, log, true);
        Keys = new SiteKeyStore(LocalDisk.Instance, _folder, Registry, "site");
    }

    private MovingSite(MovingSite first)
    {
        (Name, View, _time, _log, Keys, Clock) = (first.Name, first.View, first._time, first._log, first.Keys, first.Clock);
    }

    public string Name { get; }

    /// <summary>The clock by which things end here.</summary>
    public ShiftedTime Clock { get; } = new();

    /// <summary>Called before each turn at the log that several servers share.</summary>
    public Action BeforeTurn { get; set; } = static () => { };

    public ZoneFolder View { get; }

    public SiteServices Site { get; private set; } = null!;

    public SiteKeyStore Keys { get; }

    public SiteRegistry Registry => new(View.Zone, "us-east-1", _time);

    public string Id => View.Zone.SiteId;

    /// <summary>Why the copy that was brought last did not come; null when it did.</summary>
    public string? Problem { get; private set; }

    /// <summary>What its operator is told.</summary>
    public IReadOnlyList<SiteWarning> Warnings => [.. _worker?.Warnings() ?? []];

    /// <summary>So long a write waits for this site to take over.</summary>
    public TimeSpan Timeout
    {
        set => _takeover.WaitTimeout = value;
    }

    /// <summary>How often it has told the zone something of a copy.</summary>
    public int Told { get; set; }

    /// <summary>What it knows of the sites that are to be homes.</summary>
    public MoveReadiness Readiness { get; private set; } = new(TimeProvider.System);

    /// <summary>What it is to have.</summary>
    public CopyAssignments Assignments { get; private set; } = null!;

    /// <summary>What it answers other sites.</summary>
    public CopyRequests Door => new(Keys, Registry, Copies, null!, Homes, Site.Offers, Site.CopyHolds, Readiness, _time);

    public CopyRegistry Copies => new(View.Zone, null!, new CopyNotices(View.Zone, null!));

    public HomeRegistry Homes => new(View.Zone, null!);

    public LostHomes Losses => new(
        View.Zone, new DatasetNotices(View.Zone, new Mailbox(View.Zone, new MailOptions(), null, LocalDisk.Instance)));

    /// <summary>What it hears of lost homes, when it is the zone.</summary>
    public LostRequests LostDoor => new(Registry, Losses);

    public PurgeRegistry Purges => new(View.Zone);

    /// <summary>What it hears of purges, when it is the zone.</summary>
    public PurgeRequests PurgeDoor => new(Registry, Purges);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="name">Its name.</param>
    /// <param name="view">What it knows of the zone.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="log">The log that several servers share; null for a disk of its own.</param>
    public static async Task<MovingSite> StartAsync(string name, ZoneFolder view, TimeProvider time, MemoryLog? log = null)
    {
        var site = new MovingSite(name, view, time, log);
        await site.OpenAsync();
        return site;
    }

    /// <summary>Starts another server of a site whose servers share a log.</summary>
    public static async Task<MovingSite> StartServerAsync(MovingSite first)
    {
        var server = new MovingSite(first);
        await server.OpenAsync();
        return server;
    }

    /// <summary>Forgets everything that is not durable.</summary>
    /// <param name="hasLostRecords">Whether its records are lost, too, and made anew from what is stored.</param>
    public async Task RestartAsync(bool hasLostRecords = false)
    {
        await Site.DisposeAsync();
        if (hasLostRecords)
        {
            foreach (string file in Directory.EnumerateFiles(_folder, "site.db*"))
            {
                File.Delete(file);
            }
        }

        if (_log is null)
        {
            // Accounts are in a database, too, where several servers share a log.
            await View.RestartAsync();
        }

        Readiness = new MoveReadiness(_time);
        await OpenAsync();
    }

    /// <summary>Copies its records and bytes as they are now, with the program stopped meanwhile.</summary>
    public async Task<string> BackUpAsync()
    {
        await Site.DisposeAsync();
        string copy = Directory.CreateTempSubdirectory("hutch-homes-copy-").FullName;
        CopyFolder(_folder, copy);
        await OpenAsync();
        return copy;
    }

    /// <summary>Puts them back, and removes the copy.</summary>
    public async Task PutBackAsync(string copy)
    {
        await Site.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Move(copy, _folder);
        await OpenAsync();
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public ValueTask<SiteDataset?> FindAsync(DatasetId dataset) => Site.HomeMoves.FindAsync(dataset, Ct);

    /// <summary>Writes a small file; the answer counts.</summary>
    public async Task<Result<bool>> WriteAsync(DatasetId dataset, string path, byte[] bytes)
    {
        var body = PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(bytes));
        using ReceivedBlob blob = (await Site.Intake.ReceiveAsync(body, bytes.Length, Lane.Main, Ct)).Value;
        Entry entry = Entry.File(blob.Hash, bytes.Length, _time.GetUtcNow().ToUnixTimeMilliseconds());
        return await Site.Entries.PutAsync(dataset, DatasetPath.Parse(path).Value, entry, blob, EntryCondition.None, Ct);
    }

    /// <summary>The files of the head, with their hashes.</summary>
    public async Task<Dictionary<string, BlobHash>> ReadAsync(DatasetId dataset)
    {
        TreeView view = (await Site.Heads.ResolveAsync(dataset, null, Ct)).Value;
        var files = new Dictionary<string, BlobHash>(StringComparer.Ordinal);
        await foreach (PathEntry file in Site.Heads.EnumerateAsync(view, "", Ct))
        {
            files[file.Path.Value] = file.Entry.Hash;
        }

        return files;
    }

    /// <summary>The numbers of all snapshots.</summary>
    public async Task<IReadOnlyList<long>> SnapshotsAsync(DatasetId dataset) =>
        [.. (await Site.Snapshots.ListAsync((await FindAsync(dataset))!, long.MaxValue, 1000, Ct)).Select(static snapshot => snapshot.Number).Order()];

    /// <summary>Does the next step of each move.</summary>
    /// <param name="reports">How it reaches the zone; the one of the first step after a start counts.</param>
    public async Task StepAsync(IZoneReports reports)
    {
        _worker ??= new HomeWorker(
            Registry, Keys, reports, Homes, Site.HomeMoves, new DeletionPropagator(Registry, reports, Copies, Site.CopyEnds, Site.CopyHolds, Clock), Readiness,
            Assignments, _time, NullLogger.Instance)
        {
            ReportLackAfter = TimeSpan.Zero,
        };
        await _worker.StepAsync(Ct);
    }

    /// <summary>Does the next step of each purge at all sites, and waits for what that has begun.</summary>
    public async Task PurgeAsync(IZoneReports reports)
    {
        _purges ??= new PurgeExecutor(Registry, Keys, Purges, new OwnStores(Site.Purges), reports, _time, NullLogger.Instance);
        await _purges.StepAsync(Ct);
        foreach (MaintenanceJob job in (await Site.Jobs.ListAsync(Ct)).Value)
        {
            await Site.Jobs.WaitAsync(job.Id, Ct);
        }
    }

    /// <summary>Brings each copy that it is to have, once.</summary>
    public async Task CopyAsync(IZoneReports reports, Func<string, IHomePeer> dial)
    {
        foreach (NameRecord name in (await Assignments.ListAsync(Ct)).Select(static copy => copy.Name))
        {
            BlobHash key = (await Keys.GetAsync(Ct)).Fingerprint;
            var order = new CopyOrder(View.Zone.Id, key, name.Dataset, name.Owner.Name, name.Slug, name.Home.Epoch);
            Result<CopyProgress> brought = await new CopyTransfer(
                dial(name.Home.SiteId), reports, Site.Copies, order, ct => Assignments.IsOverAsync(name.Dataset, ct),
                ct => Assignments.IsPurgedAsync(name.Dataset, ct), null, _time).RunAsync(Ct);
            Assignments.RequestCheck(name.Dataset);
            Problem = brought.IsOk ? null : brought.Error.Message;
            if (brought.IsOk)
            {
                await reports.ReportAsync(name.Dataset, brought.Value, Ct);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        if (_isFirst)
        {
            await View.DisposeAsync();
            Keys.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync()
    {
        _takeover = new HomeTakeoverWait((dataset, ct) => Homes.IsAtAsync(dataset, Id, ct)) { WaitTimeout = TimeSpan.Zero };
        var options = new SiteOptions { TakeOvers = _takeover, Fold = new CompactionOptions { ReaderSeconds = 0 }, Clock = new ClockOptions { SettleMinutes = 0 } };
        Site = await SiteServices.OpenAsync(
            LocalDisk.Instance, _folder,
            _log is null ? options : new SiteOptions { TakeOvers = _takeover, Fold = options.Fold, Clock = options.Clock, Engine = new MemoryEngine(_log, Fail, frees: true) },
            Clock, NullLoggerFactory.Instance, Ct);
        Assignments = new CopyAssignments(Registry, Copies, Purges, Site.Copies);
        _worker = null;
        _purges = null;
    }

    private Exception? Fail(LogStep step)
    {
        if (step == LogStep.Turn)
        {
            BeforeTurn();
        }

        return null;
    }

    /// <summary>Nothing is read through here.</summary>
    private sealed class OwnStores(OrderedPurges own) : IPurgedStores
    {
        public Task<IReadOnlyList<OrderedPurges>> ListAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<OrderedPurges>>([own]);

        public void ClearCaches()
        {
        }
    }
}
