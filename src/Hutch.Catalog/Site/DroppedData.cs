namespace Hutch.Catalog.Site;

/// <summary>Temporary data dropped early to free space for newer data.</summary>
/// <param name="Last">The time of the last drop, in milliseconds since 1970; 0 without any.</param>
public sealed record DroppedData(long Files, long Bytes, long Last);
