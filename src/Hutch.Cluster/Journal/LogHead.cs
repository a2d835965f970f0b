namespace Hutch.Cluster.Journal;

/// <summary>The row <c>site_head</c>, as the server that has it locked reads it, and what else it learns at that moment.</summary>
/// <param name="Site">Whose log it is.</param>
/// <param name="Format">The format of the log.</param>
/// <param name="Last">The last row.</param>
/// <param name="LastSequence">The number of the last record.</param>
/// <param name="TimeMs">The time of the last append, or PostgreSQL's own time now if that is later.</param>
/// <param name="Epoch">The epoch of this server; null when it is not registered.</param>
/// <param name="Asked">The id of the row that was asked for; null when there is no such row.</param>
/// <param name="Leases">The leases that this server holds: <c>JOB EPOCH</c>.</param>
internal sealed record LogHead(
    Guid Site, int Format, LogPosition Last, long LastSequence, long TimeMs, long? Epoch, Guid? Asked, IReadOnlyList<string> Leases);
