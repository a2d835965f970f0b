using Hutch.Datasets;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Site;
using Hutch.Site.Engines;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Replication.Purges;
using Hutch.Site.Write.Heads;

namespace Hutch.Federation.Reading;

/// <summary>
/// The datasets of one other site as they are read here: a site of its own with their histories as records and nothing else, whose pages
/// and blobs come from the home when they are read. As it has the records of a copy, it answers as a copy does. Thread-safe.
/// </summary>
internal sealed class HomeReading : IAsyncDisposable
{
    private const int MaxDatasets = 10_000;
    private const long MaxRecordBytes = 256 << 20;

    /// <summary>So long the list of files without a hash may take, whatever comes of it.</summary>
    private static readonly TimeSpan ListTimeout = TimeSpan.FromSeconds(10);

    /// <summary>So long a history is taken to be the newest.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private readonly HomePeers _peers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HomeOrigin _origin;
    private readonly HomeCircuitBreaker _contact;
    private readonly CopyFreshness _freshness;
    private readonly LruCache<DatasetId, KnownDataset> _known = new(MaxDatasets, long.MaxValue, static _ => 0);
    private readonly Lock _gate = new();
    private IAsyncDisposable _site = null!;
    private IStoredFiles _files = null!;
    private CopyIntake _intake = null!;
    private HeadReader _heads = null!;
    private Snapshots _snapshots = null!;
    private DatasetReader _reader = null!;

    private HomeReading(
        string siteId, HomePeers peers, ReadHolders holders, CopyFreshness freshness, ReadCache cache, ReadCounts counts, TimeProvider time,
        ILogger logger)
    {
        (_peers, _freshness, _time, _logger) = (peers, freshness, time, logger);
        _contact = new HomeCircuitBreaker(time);
        _origin = new HomeOrigin(siteId, FindHomeAsync, RootsAsync, cache, counts, time, logger) { Holders = holders };
    }

    public static async Task<HomeReading> OpenAsync(
        string siteId, string folder, ReaderModule readers, HomePeers peers, ReadHolders holders, CopyFreshness freshness,
        ReadCache cache, ReadCounts counts, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        var reading = new HomeReading(siteId, peers, holders, freshness, cache, counts, time, loggers.CreateLogger<HomeReading>())
        {
            Folder = folder,
        };
        SiteServices site = await SiteServices.OpenAsync(
            LocalDisk.Instance, folder, SiteOptions.ForReading(reading._origin), time, loggers, ct);
        (reading._site, reading._files, reading.Purges) = (site, site.Files, site.Purges);
        (reading._intake, reading._heads, reading._snapshots) = (site.Copies, site.Heads, site.Snapshots);
        reading._reader = readers.Over(site);
        return reading;
    }

    public string Folder { get; private init; } = "";

    /// <summary>Ends datasets in its records that were purged everywhere.</summary>
    public OrderedPurges Purges { get; private set; } = null!;

    /// <summary>True if there are so many old histories that it is better to start with empty records.</summary>
    public bool IsFull => _files.Stored.Bytes > MaxRecordBytes;

    /// <param name="order">The terms that its history must match.</param>
    /// <param name="at">The version; null for the head.</param>
    /// <param name="newerThan">The moment after which the home must have been asked; less than 0 for none.</param>
    public async Task<Result<ReadRoute>> OpenAsync(
        NameRecord name, CopyOrder order, ListingReader reader, SnapshotRef? at, long newerThan, CancellationToken ct)
    {
        if (RequestScope.Current is { } request)
        {
            request.Reading = new DatasetReading(name.Dataset, reader.Token);
        }

        if (await RefreshAsync(name, order, reader, newerThan, ct) is not { } problem
            || (problem.Code == ErrorCode.Unavailable && await MayBeOldAsync(name, at, newerThan, ct)))
        {
            return new ReadRoute(_reader, await AgeAsync(name, at, ct));
        }

        return IsFinal(problem) ? problem
            : ErrorCode.Unavailable.With(
                $"{name.FullName} is at home at another site, from which it cannot be read now. {problem.Message}");
    }

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        await _site.DisposeAsync();
        _contact.Dispose();
    }

    /// <summary>True for a final refusal of the home: a retry does not help.</summary>
    private static bool IsFinal(HutchError problem) =>
        problem.Code == ErrorCode.NotFound || problem.Code == ErrorCode.Gone || problem.Code == ErrorCode.InTrash
        || problem.Code == ErrorCode.Unprocessable || problem.Code == ErrorCode.TooLarge;

    /// <summary>True for data that was read before and never changes: it can be read without its home.</summary>
    private async Task<bool> MayBeOldAsync(NameRecord name, SnapshotRef? at, long newerThan, CancellationToken ct) =>
        await _heads.DatasetAsync(name.Dataset, ct) is { IsOk: true, Value: var known }
        && (ReadRouter.IsFixed(at)
            ? (await _heads.ResolveAsync(name.Dataset, at, ct)).IsOk
            : known.Closed is not null && Know(name).Query.Moment > newerThan);

    /// <summary>Returns the age of the data here; null for data that does not change any more.</summary>
    private async Task<TimeSpan?> AgeAsync(NameRecord name, SnapshotRef? at, CancellationToken ct) =>
        ReadRouter.IsFixed(at) || await _heads.DatasetAsync(name.Dataset, ct) is { IsOk: true, Value.Closed: not null }
            ? null
            : _freshness.AgeOf(Know(name).Query);

    /// <summary>Asks the home for the history, unless it was asked a moment ago; why that is not known, or null.</summary>
    private async Task<HutchError?> RefreshAsync(
        NameRecord name, CopyOrder order, ListingReader asking, long newerThan, CancellationToken ct)
    {
        KnownDataset known = Know(name);
        if (known.IsFresh(name, newerThan, asking.MayList, FreshFor, _time))
        {
            return null;
        }

        if (_contact.Away is { } away)
        {
            return away;
        }

        long since = _time.GetTimestamp();
        if (!await HomeCircuitBreaker.EnterAsync(known.Lock, since, _time, ct))
        {
            return ErrorCode.Unavailable.With("It is still sending the history of this dataset. Try again.");
        }

        try
        {
            if (known.IsFresh(name, newerThan, asking.MayList, FreshFor, _time))
            {
                return null;
            }

            var reader = new Reader { Token = asking.Token, HasWritten = newerThan > 0 && known.Query.Moment <= newerThan };
            FreshnessQuery asked = _freshness.BeginQuery();
            HutchError? problem = await _contact.RequestAsync(
                () => _peers.FindAsync(name, reader, ct), home => TakeAsync(home, order, asking, ct), since, ct);
            known.Record(problem is null ? name : null, asked, asking.MayList);
            return problem;
        }
        finally
        {
            known.Lock.Release();
        }
    }

    /// <summary>
    /// Fetches the history. A refusal of the home is passed on unchanged; faults in its history are also logged for operators. Files
    /// without a hash are requested first: a file that gets its hash during this time is then in the history.
    /// </summary>
    private async Task<HutchError?> TakeAsync(IHomePeer home, CopyOrder order, ListingReader asking, CancellationToken ct)
    {
        BlobHash? before = (await _intake.FindAsync(order.Dataset, ct))?.History;
        Result<IReadOnlyList<PathEntry>?> unhashed = await ListAsync(home, order.Dataset, asking, ct);
        if (!unhashed.IsOk)
        {
            return Rephrase(order.Dataset, unhashed.Error);
        }

        Result<OfferedHistory?> offered = await home.HistoryAsync(order.Dataset, before, ct);
        if (!offered.IsOk)
        {
            return offered.Error;
        }

        Result<CheckedHistory?> read = await new HistorySource(home, order).CheckAsync(offered.Value, before, ct);
        HutchError? fault = read switch
        {
            { IsOk: false } => read.Error,
            { Value: { } signed } => await KeepAsync(home, order, signed, unhashed.Value, ct),
            _ when unhashed.Value is { } files => (await _intake.NoteUnhashedAsync(order.Dataset, files, ct)).Error,
            _ => null,
        };
        return fault is null ? null : Rephrase(order.Dataset, fault);
    }

    private HutchError Rephrase(DatasetId dataset, HutchError fault)
    {
        if (fault.Code != ErrorCode.Unavailable)
        {
            HomeOrigin.LogWrong(_logger, dataset, fault.Message);
        }

        return ErrorCode.Unavailable.With(fault.Message);
    }

    /// <summary>
    /// Lists files without a hash. Null, so that the known ones stay, for a reader who may not list files, or if there are none.
    /// </summary>
    private async Task<Result<IReadOnlyList<PathEntry>?>> ListAsync(
        IHomePeer home, DatasetId dataset, ListingReader asking, CancellationToken ct) =>
        asking.MayList && !await _intake.IsClosedAsync(dataset, ct) && await asking.MayHaveUnhashedAsync(ct)
            ? await new UnhashedList(home, dataset).RequestAsync(new AnswerTimeout(ListTimeout, _time), ct)
            : Result<IReadOnlyList<PathEntry>?>.Ok(null);

    private async Task<HutchError?> KeepAsync(
        IHomePeer home, CopyOrder order, CheckedHistory signed, IReadOnlyList<PathEntry>? unhashed, CancellationToken ct)
    {
        var terms = new CopyTerms(order.Dataset, order.Owner, order.Slug, home.Key, signed.Epoch);
        Result<SiteSession> begun = await _intake.BeginAsync(order.Dataset, ct);
        return !begun.IsOk ? begun.Error
            : (await _intake.ReadAsync(begun.Value, signed.History, terms, unhashed, ct)).Error is { } fault ? HomeFault.Blame(home, fault)
            : null;
    }

    private KnownDataset Know(NameRecord name)
    {
        lock (_gate)
        {
            if (!_known.TryFind(name.Dataset, out KnownDataset? known))
            {
                known = new KnownDataset(name);
                _known.Set(name.Dataset, known);
            }

            return known;
        }
    }

    private async Task<Result<IHomePeer>> FindHomeAsync(DatasetId dataset, Reader reader, CancellationToken ct) =>
        _known.TryFind(dataset, out KnownDataset? known)
            ? await _peers.FindAsync(known.Name, reader, ct)
            : ErrorCode.Unavailable.With("So many datasets are read through now that this one was forgotten. Try again.");

    private async Task<IReadOnlyList<TreeRoot>> RootsAsync(DatasetId id, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await _heads.DatasetAsync(id, ct);
        return dataset.IsOk
            ? [.. (await _snapshots.ListAsync(dataset.Value, long.MaxValue, int.MaxValue, ct)).Select(static one => one.Root)]
            : [];
    }

    private sealed class KnownDataset(NameRecord name)
    {
        private NameRecord? _found;
        private bool _isListed;

        public NameRecord Name { get; private set; } = name;

        /// <summary>The time of the question that the home answered with the data here; the default if it has not answered.</summary>
        public FreshnessQuery Query { get; private set; }

        public SemaphoreSlim Lock { get; } = new(1);

        /// <param name="newerThan">The moment after which the home must have been asked.</param>
        /// <param name="isListed">True if it must have been asked for files without a hash, too.</param>
        public bool IsFresh(NameRecord now, long newerThan, bool isListed, TimeSpan limit, TimeProvider time)
        {
            lock (Lock)
            {
                return _found == now && (_isListed || !isListed) && Query.Moment > newerThan
                    && time.GetElapsedTime(Query.Timestamp) < limit;
            }
        }

        /// <param name="found">The dataset as it was asked for; null when that failed.</param>
        /// <param name="isListed">Whether also for files without a hash.</param>
        public void Record(NameRecord? found, FreshnessQuery asked, bool isListed)
        {
            lock (Lock)
            {
                (_found, _isListed) = (found, isListed);
                Name = found ?? Name;
                Query = found is null ? Query : asked;
            }
        }
    }
}
