namespace Hutch.Storage.Segments;

/// <summary>A sealed index does not check. Its segment is scanned instead; never leaves the store.</summary>
internal sealed class DamagedIndexException(string message) : IOException(message);
