namespace Hutch.Storage;

/// <summary>The stored bytes are in nearline storage. They are intact as far as it is known, and can be read after a recall.</summary>
public sealed class MemberOfflineException(string message) : IOException(message);
