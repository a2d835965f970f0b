namespace Hutch.Cluster.Journal;

/// <summary>The row <c>site_head</c>, as read by the server that has it locked, with other facts from the same moment.</summary>
/// <param name="TimeMs">The time of the last append, or PostgreSQL's current time if that is later.</param>
/// <param name="Epoch">The epoch of this server; null when it is not registered.</param>
/// <param name="Asked">The id of the requested row; null when there is no such row.</param>
/// <param name="Leases">The leases that this server holds: <c>JOB EPOCH</c>.</param>
internal sealed record LogHead(
    Guid Site, int Format, LogPosition Last, long LastSequence, long TimeMs, long? Epoch, Guid? Asked, IReadOnlyList<string> Leases);
