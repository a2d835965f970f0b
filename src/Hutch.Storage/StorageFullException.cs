namespace Hutch.Storage;

/// <summary>There is no space for the write, or only the reserve is left; nothing was written. Reads and deletes go on.</summary>
public sealed class StorageFullException(string message, Exception? inner = null) : IOException(message, inner);
