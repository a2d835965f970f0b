namespace Hutch.Storage;

/// <summary>A segment, or the folder, is not what this store can open: another store's, a newer format's.</summary>
public sealed class StorageFormatException(string message) : IOException(message);
