namespace Hutch.Catalog.Site;

/// <summary>Temporary data dropped early to free space for newer data.</summary>
/// <param name="Files">The number of contents of files.</param>
/// <param name="Bytes">The number of freed bytes.</param>
/// <param name="Last">The time of the last drop, in milliseconds since 1970; 0 without any.</param>
public sealed record DroppedData(long Files, long Bytes, long Last);
