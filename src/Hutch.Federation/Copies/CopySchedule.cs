namespace Hutch.Federation.Copies;

/// <summary>The next time of each copy: at once if its home probably has something new, else after a pause. Not thread-safe.</summary>
internal sealed class CopySchedule(CopyFreshness freshness, TimeProvider time)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan NextEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Copies that are due at about the same time begin together, so that a site with many of them is idle in between.</summary>
    private static readonly TimeSpan LongestSlack = TimeSpan.FromSeconds(1);
    private const int SlackPart = 32;

    private static readonly CopyAttempt None = new(0, default, TimeSpan.Zero, FirstRetry, true, null);

    private readonly Dictionary<DatasetId, CopyAttempt> _tries = [];
    private readonly Dictionary<DatasetId, HomeHint> _heard = [];

    /// <summary>The last try of a copy; one that never was.</summary>
    public CopyAttempt TryOf(DatasetId dataset) => _tries.GetValueOrDefault(dataset) ?? None;

    public void RecordAttempt(DatasetId dataset, CopyAttempt ended) => _tries[dataset] = ended;

    public void AddHint(DatasetId dataset, HomeHint news) => _heard[dataset] = news;

    /// <summary>The datasets that were not closed when they came here: their homes may say something that is to come at once.</summary>
    public IEnumerable<DatasetId> Open() => _tries.Where(static one => !one.Value.LocalHint.IsClosed).Select(static one => one.Key);

    /// <summary>Forgets all attempts: refused copies may be accepted now.</summary>
    public void Clear() => _tries.Clear();

    public void RemoveOthers(IReadOnlySet<DatasetId> wanted)
    {
        foreach (DatasetId dataset in _tries.Keys.Concat(_heard.Keys).Where(one => !wanted.Contains(one)).ToList())
        {
            _tries.Remove(dataset);
            _heard.Remove(dataset);
        }
    }

    /// <summary>The time until a copy is due; zero or less when it is.</summary>
    public TimeSpan Left(AssignedCopy wanted, string ownId) =>
        PauseOf(wanted, ownId) - time.GetElapsedTime(TryOf(wanted.Name.Dataset).Since);

    /// <summary>The time for which a copy needs no check: a little longer than until it is due.</summary>
    public TimeSpan Rest(AssignedCopy wanted, string ownId)
    {
        TimeSpan slack = PauseOf(wanted, ownId) / SlackPart;
        return Left(wanted, ownId) + (slack < LongestSlack ? slack : LongestSlack);
    }

    /// <summary>Says what follows from how a try ended.</summary>
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
        if (home.NextId != ownId)
        {
            return last.IsWell && IsNew(wanted, last) ? TimeSpan.Zero : last.Pause;
        }

        if (!last.IsWell)
        {
            return last.Pause < FirstRetry ? last.Pause : FirstRetry;
        }

        return home.Released is not null ? TimeSpan.Zero : NextEvery;
    }

    /// <summary>True if there is news of a copy. A hint of a home counts once, since it may be false.</summary>
    private bool IsNew(AssignedCopy wanted, CopyAttempt last) =>
        last.Assignment != wanted
        || freshness.HasNews(wanted.Name.Dataset, last.Query)
        || (_heard.TryGetValue(wanted.Name.Dataset, out HomeHint heard) && heard != last.RemoteHint && heard.IsBeyond(last.LocalHint));
}

/// <param name="Since">Its end, a timestamp of the clock.</param>
/// <param name="Pause">The delay before the next attempt.</param>
/// <param name="Retry">The delay after the next attempt, if that fails.</param>
/// <param name="IsWell">True if it did not fail.</param>
/// <param name="Assignment">The zone's assignment at that time; null before the first attempt.</param>
internal sealed record CopyAttempt(long Since, FreshnessQuery Query, TimeSpan Pause, TimeSpan Retry, bool IsWell, AssignedCopy? Assignment)
{
    public HomeHint RemoteHint { get; init; }

    public HomeHint LocalHint { get; init; }

    /// <summary>The time of the last report to the zone, a timestamp of the clock.</summary>
    public long ReportedAt { get; init; }
}
