using Hutch.Model.Site;

namespace Hutch.Storage;

/// <summary>The segments of a site whose bytes may be in nearline storage, from which they come back after a while. Thread-safe.</summary>
public interface IOfflineSegments
{
    /// <summary>Returns true if a read of a segment's files needs a recall first.</summary>
    bool IsOffline(long segment);

    /// <summary>Returns the state of segments; those that are not in nearline storage count as online.</summary>
    RecallState Find(IReadOnlySet<long> segments);

    /// <summary>
    /// Queues the recall of segments, each once, and keeps them on the local disk until a time. Durable on return. Segments that are on the
    /// local disk are kept, too.
    /// </summary>
    /// <param name="until">The end of the time; null for a time long enough to read what was recalled.</param>
    /// <exception cref="Model.HutchException">They do not fit into the cache, or too many recalls are queued.</exception>
    RecallState Request(IReadOnlySet<long> segments, DateTimeOffset? until);

    /// <summary>Ends the time for which segments are kept, and takes those back that no recall has begun for.</summary>
    RecallState Release(IReadOnlySet<long> segments);

    /// <summary>Recalls segments, and returns when all are on the local disk.</summary>
    Task BringAsync(IReadOnlySet<long> segments, CancellationToken ct);
}
