using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site.Replication.Copies;

namespace Hutch.Federation.Copies;

/// <summary>
/// When each copy is brought next: at once when there is reason to think that its home has something new, else after a pause. Not
/// thread-safe.
/// </summary>
/// <param name="freshness">Knows what was written through this site.</param>
internal sealed class CopySchedule(CopyFreshness freshness, TimeProvider time)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(5);

    /// <summary>How often a site that is to be the home asks for what is new.</summary>
    private static readonly TimeSpan NextEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>What is due at about the same time begins at the same time: whoever follows many rests in between.</summary>
    private static readonly TimeSpan LongestSlack = TimeSpan.FromSeconds(1);
    private const int SlackPart = 32;

    private static readonly CopyAttempt None = new(0, default, TimeSpan.Zero, FirstRetry, true, null);

    private readonly Dictionary<DatasetId, CopyAttempt> _tries = [];
    private readonly Dictionary<DatasetId, HomeHint> _heard = [];

    /// <summary>The last try of a copy; one that never was.</summary>
    public CopyAttempt TryOf(DatasetId dataset) => _tries.GetValueOrDefault(dataset) ?? None;

    /// <summary>Notes how a try ended.</summary>
    public void RecordAttempt(DatasetId dataset, CopyAttempt ended) => _tries[dataset] = ended;

    /// <summary>Notes what a home says of a dataset.</summary>
    public void AddHint(DatasetId dataset, HomeHint news) => _heard[dataset] = news;

    /// <summary>The datasets that were not closed when they came here: their homes may say something that is to come at once.</summary>
    public IEnumerable<DatasetId> Open() => _tries.Where(static one => !one.Value.LocalHint.IsClosed).Select(static one => one.Key);

    /// <summary>Forgets when any was tried: what was refused may be taken now.</summary>
    public void Clear() => _tries.Clear();

    /// <summary>Forgets those that are wanted no more.</summary>
    public void RemoveOthers(IReadOnlySet<DatasetId> wanted)
    {
        foreach (DatasetId dataset in _tries.Keys.Concat(_heard.Keys).Where(one => !wanted.Contains(one)).ToList())
        {
            _tries.Remove(dataset);
            _heard.Remove(dataset);
        }
    }

    /// <summary>How long until a copy is due; nothing or less when it is.</summary>
    /// <param name="wanted">The copy.</param>
    /// <param name="ownId">This site.</param>
    public TimeSpan Left(AssignedCopy wanted, string ownId) =>
        PauseOf(wanted, ownId) - time.GetElapsedTime(TryOf(wanted.Name.Dataset).Since);

    /// <summary>How long nothing need be looked at for the sake of a copy: a little longer than until it is due.</summary>
    public TimeSpan Rest(AssignedCopy wanted, string ownId)
    {
        TimeSpan slack = PauseOf(wanted, ownId) / SlackPart;
        return Left(wanted, ownId) + (slack < LongestSlack ? slack : LongestSlack);
    }

    /// <summary>Says what follows from how a try ended.</summary>
    /// <param name="before">The one before.</param>
    /// <param name="asked">When its question began.</param>
    /// <param name="wanted">What the zone said then.</param>
    /// <param name="pause">How long to wait after it; null when it failed.</param>
    public CopyAttempt After(CopyAttempt before, FreshnessQuery asked, AssignedCopy wanted, TimeSpan? pause)
    {
        TimeSpan retry = before.Retry * 2 < LastRetry ? before.Retry * 2 : LastRetry;
        bool isWell = pause is not null;
        return new CopyAttempt(time.GetTimestamp(), asked, pause ?? before.Retry, isWell ? FirstRetry : retry, isWell, wanted);
    }

    private TimeSpan PauseOf(AssignedCopy wanted, string ownId)
    {
        CopyAttempt last = TryOf(wanted.Name.Dataset);
        HomeRecord home = wanted.Name.Home;
        return home.NextId != ownId ? last.IsWell && IsNew(wanted, last) ? TimeSpan.Zero : last.Pause
            : !last.IsWell ? last.Pause < FirstRetry ? last.Pause : FirstRetry
            : home.Released is not null ? TimeSpan.Zero
            : NextEvery;
    }

    /// <summary>What a home says counts once: it may say what is not so.</summary>
    private bool IsNew(AssignedCopy wanted, CopyAttempt last) =>
        last.Assignment != wanted
        || freshness.HasNews(wanted.Name.Dataset, last.Query)
        || (_heard.TryGetValue(wanted.Name.Dataset, out HomeHint heard) && heard != last.RemoteHint && heard.IsBeyond(last.LocalHint));
}

/// <summary>How a try to bring a copy ended.</summary>
/// <param name="Since">When.</param>
/// <param name="Query">When its question began.</param>
/// <param name="Pause">How long after it comes the next.</param>
/// <param name="Retry">How long after it comes the next if that fails.</param>
/// <param name="IsWell">Whether it did not fail.</param>
/// <param name="Assignment">What the zone said then; null before the first try.</param>
internal sealed record CopyAttempt(long Since, FreshnessQuery Query, TimeSpan Pause, TimeSpan Retry, bool IsWell, AssignedCopy? Assignment)
{
    /// <summary>What the home had said when it began.</summary>
    public HomeHint RemoteHint { get; init; }

    /// <summary>What was here when it ended.</summary>
    public HomeHint LocalHint { get; init; }

    /// <summary>When the zone was told of the copy last.</summary>
    public long ReportedAt { get; init; }
}
