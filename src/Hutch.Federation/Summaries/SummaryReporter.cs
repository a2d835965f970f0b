using Hutch.Datasets.Registry;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Summaries;

/// <summary>
/// Reports summaries of the datasets at home here to the zone, so that every site lists them. A dataset is checked when it or its home has
/// changed; all are checked after a start or a restore of the zone, and at intervals. Frequent changes are reported at growing intervals.
/// One server of the site does this. See docs/design/federation.md (summaries).
/// </summary>
/// <remarks>The reported state comes back with the feed, as at every site: so nothing is stored, and a lost report is repeated.</remarks>
internal sealed partial class SummaryReporter(
    SiteRegistry sites, HomeRegistry homes, SummaryRegistry summaries, SiteView view, LocalDatasets local, ISummaryReports reports,
    TimeProvider time, ILogger logger)
{
    public const string Job = "telling what datasets are like";

    private const int AtOnce = 500;

    /// <summary>More datasets that wait are found by looking at all.</summary>
    private const int MaxWaiting = 100_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);

    /// <summary>The pause after a report of a dataset. It doubles each time, until the dataset was quiet for twice as long.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(32);

    /// <summary>
    /// The pause after reports of the site, as each message is a line in the audit of the zone. It doubles each time, until the site was
    /// quiet for twice as long.
    /// </summary>
    private static readonly TimeSpan ShortestSitePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSitePause = TimeSpan.FromSeconds(16);

    /// <summary>A zone that does not answer is left alone for a while; one of an earlier release for longer.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMinutes(10);

    private readonly HashSet<DatasetId> _waiting = [];
    private readonly Dictionary<DatasetId, Reported> _reported = [];
    private long _event;
    private long _number;
    private long? _sweptAt;
    private string? _life;
    private bool _isFailing;
    private long? _toldAt;
    private TimeSpan _pause = ShortestSitePause;

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            long version = homes.Version;
            if (await sites.IsAloneAsync(ct))
            {
                await homes.WaitForChangeAsync(version, ct);
                continue;
            }

            await Task.Delay(await TryStepAsync(ct), time, ct);
        }
    }

    /// <summary>Sends the reports that are due. Returns the time until the next check.</summary>
    private async Task<TimeSpan> TryStepAsync(CancellationToken ct)
    {
        try
        {
            TimeSpan pause = await StepAsync(ct);
            _isFailing = false;
            return pause;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The connection to the zone must not end with it. A database that is away for an hour is logged once.
            if (!_isFailing)
            {
                Failed(e);
            }

            _isFailing = true;
            _sweptAt = null;
            return AfterFailure;
        }
    }

    internal async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        RemoveQuiet();
        long? before = _toldAt;
        HutchError? refusal = await IsToSweepAsync(ct) ? await SweepAsync(ct) : await FollowAsync(ct);
        if (_toldAt != before)
        {
            bool wasQuiet = before is not { } at || time.GetElapsedTime(at) >= _pause * 2;
            _pause = wasQuiet ? ShortestSitePause : _pause * 2 < LongestSitePause ? _pause * 2 : LongestSitePause;
        }

        return refusal is null ? LookEvery
            : refusal.Code == ErrorCode.NotFound || refusal.Code == ErrorCode.Forbidden ? AfterRefusal
            : AfterFailure;
    }

    private async ValueTask<bool> IsToSweepAsync(CancellationToken ct)
    {
        string? life = (await view.PositionAsync(ct))?.Incarnation;
        bool isOther = life != _life;
        _life = life;
        return isOther || _sweptAt is not { } at || time.GetElapsedTime(at) >= SweepEvery || _waiting.Count > MaxWaiting;
    }

    private async Task<HutchError?> SweepAsync(CancellationToken ct)
    {
        _waiting.Clear();
        _event = await local.NewestEventAsync(ct);
        _number = (await homes.ChangesAsync(0, [], ct)).Number;
        _sweptAt = null;
        long after = 0;
        while (await local.AfterAsync(after, AtOnce, ct) is { Count: > 0 } some)
        {
            if (await ReportAsync([.. some.Where(static one => one.Copy is null).Select(static one => one.Id)], ct) is { } refusal)
            {
                return refusal;
            }

            after = some[^1].Key;
        }

        _sweptAt = time.GetTimestamp();
        return null;
    }

    /// <summary>Checks changed datasets, except those that were reported just before.</summary>
    private async Task<HutchError?> FollowAsync(CancellationToken ct)
    {
        DatasetChanges changes = await local.ChangedSinceAsync(_event, ct);
        HomeChanges moved = await homes.ChangesAsync(_number, [], ct);
        if (changes.IsCut)
        {
            _sweptAt = null;
            return null;
        }

        _waiting.UnionWith(changes.Changed);
        _waiting.UnionWith(moved.Homes.Where(one => one.Value.SiteId == sites.OwnId).Select(static one => one.Key));
        (_event, _number) = (changes.Newest, moved.Number);
        if (_toldAt is { } at && time.GetElapsedTime(at) < _pause)
        {
            return null;
        }

        DatasetId[] due =
        [
            .. _waiting.Where(one => !_reported.TryGetValue(one, out Reported? reported)
                || time.GetElapsedTime(reported.At) >= reported.Pause),
        ];
        foreach (DatasetId[] some in due.Chunk(AtOnce))
        {
            _waiting.ExceptWith(some);
            if (await ReportAsync(some, ct) is { } refusal)
            {
                _waiting.UnionWith(some);
                return refusal;
            }
        }

        return null;
    }

    private async Task<HutchError?> ReportAsync(DatasetId[] datasets, CancellationToken ct)
    {
        if (datasets.Length == 0)
        {
            return null;
        }

        Dictionary<DatasetId, SummaryStatus> known = (await summaries.StatusAtAsync(sites.OwnId, datasets, ct))
            .ToDictionary(static one => one.Dataset);
        IReadOnlyList<LocalDataset> read = await local.ReadAsync([.. known.Keys], ct);
        ILookup<bool, LocalDataset> byHome = read.ToLookup(one => IsAtHome(one.Record, known[one.Record.Id]));

        // A copy that becomes the home: the zone has recorded it before the dataset here, which then may not change again.
        Postpone(byHome[false].Select(static one => one.Record.Id).Where(one => known[one].Epoch > 0));
        DatasetSummary[] news =
        [
            .. byHome[true]
                .Select(one => Summarize(one, known[one.Record.Id].Epoch))
                .Where(one => one != (_reported.GetValueOrDefault(one.Dataset)?.Summary ?? known[one.Dataset].Summary))

                // The zone refuses a whole message for one impossible summary: nothing of this site would be listed any more.
                .Where(static one => one.FindProblem() is null),
        ];
        foreach (DatasetSummary[] some in news.Chunk(SiteProtocol.MaxSummaries))
        {
            if (!(await reports.ReportAsync(some, ct)).TryGet(out IReadOnlyList<DatasetId>? notTaken, out HutchError? refusal))
            {
                return refusal;
            }

            Record(some, [.. notTaken]);
        }

        if (news.Length > 0)
        {
            _toldAt = time.GetTimestamp();
        }

        return null;
    }

    /// <summary>Records reports. A summary that was not accepted is checked again later.</summary>
    private void Record(IEnumerable<DatasetSummary> batch, HashSet<DatasetId> notTaken)
    {
        foreach (DatasetSummary one in batch.Where(one => !notTaken.Contains(one.Dataset)))
        {
            _reported[one.Dataset] = new Reported(one, time.GetTimestamp(), NextPause(one.Dataset));
        }

        Postpone(batch.Where(one => notTaken.Contains(one.Dataset)).Select(static one => one.Dataset));
    }

    /// <summary>Has datasets checked again after a pause.</summary>
    private void Postpone(IEnumerable<DatasetId> datasets)
    {
        foreach (DatasetId one in datasets)
        {
            _reported[one] = new Reported(null, time.GetTimestamp(), NextPause(one));
            _waiting.Add(one);
        }
    }

    private TimeSpan NextPause(DatasetId dataset)
    {
        TimeSpan pause = _reported.GetValueOrDefault(dataset)?.Pause * 2 ?? ShortestPause;
        return pause > LongestPause ? LongestPause : pause;
    }

    /// <summary>Forgets reports that came back with the feed long ago, so that the next change is reported at once.</summary>
    private void RemoveQuiet()
    {
        foreach ((DatasetId dataset, Reported reported) in _reported)
        {
            if (time.GetElapsedTime(reported.At) >= reported.Pause * 2 && !_waiting.Contains(dataset))
            {
                _reported.Remove(dataset);
            }
        }
    }

    private static bool IsAtHome(SiteDataset record, SummaryStatus standing) =>
        record.Copy is null && standing.Epoch > 0 && standing.Epoch == (record.HomeSince ?? standing.Epoch);

    private static DatasetSummary Summarize(LocalDataset dataset, long epoch) => new()
    {
        Dataset = dataset.Record.Id,
        Epoch = epoch,
        Title = dataset.Record.Title,
        Type = dataset.Record.Type,
        Origin = dataset.Record.Origin,
        Created = dataset.Record.Created,
        Closed = dataset.Record.Closed,
        Expires = dataset.Record.Expires,
        Ended = dataset.Record.Ended,
        Files = dataset.Size.Files,
        Bytes = dataset.Size.Bytes,
        HeadVersion = dataset.HeadVersion,
        Snapshot = dataset.Record.Snapshot,
        InFolder = dataset.Record.Folder is not null,
        Parents = DatasetSummary.WriteParents(dataset.Parents),
    };

    [LoggerMessage(5660, LogLevel.Error, "What datasets are like could not be told to the zone")]
    private partial void Failed(Exception e);

    /// <param name="Summary">The reported summary; null if it was not accepted.</param>
    /// <param name="At">The time of the report, a timestamp of the clock.</param>
    private sealed record Reported(DatasetSummary? Summary, long At, TimeSpan Pause);
}
