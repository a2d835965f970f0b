namespace Hutch.Disk;

/// <summary>
/// Which life of a data folder this is. A restored folder is a new one; what was promised to the sessions of the old one is void, and is
/// ended at its first start.
/// </summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Restored">When it was restored; null when it is the first.</param>
/// <param name="From">The incarnation that the backup was of.</param>
/// <param name="MustVoid">Whether sessions of the old one are still to be ended.</param>
public sealed record Incarnation(string Id, DateTimeOffset? Restored = null, string? From = null, bool MustVoid = false);
