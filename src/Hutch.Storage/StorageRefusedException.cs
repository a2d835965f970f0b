namespace Hutch.Storage;

/// <summary>A write was refused, and nothing was changed by it. The message says why.</summary>
public class StorageRefusedException(string message, Exception? inner = null) : IOException(message, inner);
