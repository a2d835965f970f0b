namespace Hutch.Storage;

/// <summary>
/// A write whose sync failed: it may or may not survive. After the next opening it is wholly there or wholly not; until then it is not
/// visible. The same write may be tried again at once: it goes to a new segment.
/// </summary>
public sealed class StorageUnknownOutcomeException(string message, Exception? inner = null) : IOException(message, inner);
