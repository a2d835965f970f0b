namespace Hutch.Storage;

/// <summary>
/// The segment of a location was retired since the location was looked up. Look the member up again: compaction may have moved it.
/// </summary>
public sealed class SegmentRetiredException(string message) : IOException(message);
