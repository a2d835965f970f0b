namespace Hutch.Federation.Homes;

/// <summary>
/// The progress of the next homes with the histories that this home has offered. A home releases only for a site that is present and nearly
/// up to date, as no user can write until that site has the rest.
/// </summary>
/// <remarks>Thread-safe. A stop forgets it, and the sites ask again.</remarks>
internal sealed class MoveReadiness(TimeProvider time)
{
    /// <summary>The most that a site may be behind: bringing it takes about as long as writing it, and no user can write then.</summary>
    private static readonly TimeSpan MostBehind = TimeSpan.FromSeconds(2);

    /// <summary>A site that has asked within this time is present.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<DatasetId, Asked> _asked = new();

    /// <summary>Notes that the site that is to be the home has asked for the newest history.</summary>
    public void RecordQuery(DatasetId dataset, string siteId, BlobHash? known, BlobHash offered)
    {
        long now = time.GetTimestamp();
        Asked? before = _asked.TryGetValue(dataset, out Asked? found) && found.SiteId == siteId ? found : null;
        TimeSpan? behind = known == offered ? TimeSpan.Zero
            : before is not null && before.Offered == known ? time.GetElapsedTime(before.OfferedAt, now)
            : null;
        _asked[dataset] = new Asked(
            siteId, offered, before?.Offered == offered ? before.OfferedAt : now, behind is null ? before?.UpAt : now,
            behind ?? before?.Behind ?? TimeSpan.Zero);
    }

    /// <summary>Returns true if the site has asked at all: where several servers are the home, it asks one of them.</summary>
    public bool WasQueried(DatasetId dataset, string siteId) =>
        _asked.TryGetValue(dataset, out Asked? asked) && asked.SiteId == siteId;

    /// <summary>Returns the reason why the home must not release to a site yet; null if it may.</summary>
    public string? FindObstacle(DatasetId dataset, string siteId, string name)
    {
        if (!_asked.TryGetValue(dataset, out Asked? asked) || asked.SiteId != siteId)
        {
            return $"{name} has not asked for the newest version: it is away, or does not reach the home.";
        }

        if (asked.UpAt is not { } up)
        {
            return $"{name} is bringing the newest version.";
        }

        if (time.GetElapsedTime(up) > Lately)
        {
            return $"{name} has not asked for the newest version lately: it is away, or brings much that is new.";
        }

        if (asked.Behind > MostBehind)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{name} needs {asked.Behind.TotalSeconds:0} s to bring the newest writes. It moves when less is written.");
        }

        return null;
    }

    /// <summary>Forgets a dataset: the home was released, or no site is to be the next.</summary>
    public void Remove(DatasetId dataset) => _asked.TryRemove(dataset, out _);

    /// <param name="SiteId">The site that asked last.</param>
    /// <param name="OfferedAt">The first time of that offer.</param>
    /// <param name="UpAt">The last time at which it had the history offered before; null for never.</param>
    private sealed record Asked(string SiteId, BlobHash Offered, long OfferedAt, long? UpAt, TimeSpan Behind);
}
