namespace Hutch.Disk;

/// <summary>
/// An incarnation of a data folder. A restored folder is a new one; the sessions of the old one are void, and end at its first start.
/// </summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Restored">The time of the restore; null for the first incarnation.</param>
/// <param name="MustVoid">True if sessions of the old one are still to be ended.</param>
public sealed record Incarnation(string Id, DateTimeOffset? Restored = null, string? From = null, bool MustVoid = false);
