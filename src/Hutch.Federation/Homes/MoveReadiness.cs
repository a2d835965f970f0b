using System.Collections.Concurrent;
using System.Globalization;
using Hutch.Model;

namespace Hutch.Federation.Homes;

/// <summary>
/// How far the sites that are to be homes are with what this home has offered them. A home gives up only for one that is there and nearly
/// up to date, as nobody can write until that one has the rest.
/// </summary>
/// <remarks>Thread-safe. Forgotten with a stop: they ask again.</remarks>
internal sealed class MoveReadiness(TimeProvider time)
{
    /// <summary>What was written in so long is brought in about as long, while nobody can write.</summary>
    private static readonly TimeSpan MostBehind = TimeSpan.FromSeconds(2);

    /// <summary>Whoever asked so lately is there.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<DatasetId, Asked> _asked = new();

    /// <summary>Notes that the site that is to be the home has asked for the newest history.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="siteId">The site.</param>
    /// <param name="known">The history that it has whole.</param>
    /// <param name="offered">The one that it is offered now.</param>
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

    /// <summary>Whether the site has asked at all: where several servers are the home, it asks one of them.</summary>
    public bool WasQueried(DatasetId dataset, string siteId) =>
        _asked.TryGetValue(dataset, out Asked? asked) && asked.SiteId == siteId;

    /// <summary>Why the home must not give up for a site yet; null when it may.</summary>
    public string? FindObstacle(DatasetId dataset, string siteId, string name) =>
        !_asked.TryGetValue(dataset, out Asked? asked) || asked.SiteId != siteId
                ? $"{name} has not asked for the newest version: it is away, or does not reach the home."
            : asked.UpAt is not { } up ? $"{name} is bringing the newest version."
            : time.GetElapsedTime(up) > Lately
                ? $"{name} has not asked for the newest version lately: it is away, or brings much that is new."
            : asked.Behind > MostBehind ? string.Create(
                CultureInfo.InvariantCulture,
                $"{name} needs {asked.Behind.TotalSeconds:0} s to bring what is written meanwhile. It moves when less is written.")
            : null;

    /// <summary>Forgets it: the home has given up, or nobody is to be the next.</summary>
    public void Remove(DatasetId dataset) => _asked.TryRemove(dataset, out _);

    /// <param name="SiteId">Who asked last.</param>
    /// <param name="Offered">Which history it was offered.</param>
    /// <param name="OfferedAt">When that history was first offered.</param>
    /// <param name="UpAt">When it last had what was offered before; null for never.</param>
    /// <param name="Behind">How long that had taken.</param>
    private sealed record Asked(string SiteId, BlobHash Offered, long OfferedAt, long? UpAt, TimeSpan Behind);
}
