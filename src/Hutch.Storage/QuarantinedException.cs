namespace Hutch.Storage;

/// <summary>The stored bytes differ from the written ones. They are in quarantine and are not served. Look for another copy.</summary>
public sealed class QuarantinedException(string message) : IOException(message);
