namespace Hutch.Site.Engines;

/// <summary>A file of the engine in the data folder, as it is between two groups.</summary>
/// <param name="Number">Its number: files made later have higher ones.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Bytes">How much of it counts.</param>
/// <param name="IsSealed">Whether nothing is written to it any more.</param>
/// <param name="LastSequence">The number of the last record in it; 0 when there is none.</param>
public sealed record StoredFile(long Number, string Path, long Bytes, bool IsSealed, long LastSequence);
