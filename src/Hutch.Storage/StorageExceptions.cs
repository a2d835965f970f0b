namespace Hutch.Storage;

/// <summary>
/// A write whose sync failed: it may or may not survive. After the next opening it is wholly there or wholly not; until then it is not
/// visible. The same write may be tried again at once: it goes to a new segment.
/// </summary>
public sealed class StorageUnknownOutcomeException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>There is no space for the write, or only the reserve is left; nothing was written. Reads and deletes go on.</summary>
public sealed class StorageFullException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>The stored bytes are not what was written; they were put in quarantine and are not served. Look for another copy.</summary>
public sealed class QuarantinedException(string message) : IOException(message);

/// <summary>The segment of a location was retired since the location was looked up. Look the member up again: compaction may have moved it.</summary>
public sealed class SegmentRetiredException(string message) : IOException(message);

/// <summary>A segment, or the folder, is not what this store can open: another store's, a newer format's.</summary>
public sealed class StorageFormatException(string message) : IOException(message);
