namespace Hutch.Catalog.Site;

/// <summary>Temporary data that went before their time, so that newer data have room.</summary>
/// <param name="Files">Contents of files.</param>
/// <param name="Bytes">Bytes that were freed.</param>
/// <param name="Last">When the last went, milliseconds since 1970; 0 when none did.</param>
public sealed record DroppedData(long Files, long Bytes, long Last);
