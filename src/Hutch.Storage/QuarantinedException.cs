namespace Hutch.Storage;

/// <summary>The stored bytes are not what was written; they are in quarantine and are not served. Look for another copy.</summary>
public sealed class QuarantinedException(string message) : IOException(message);
