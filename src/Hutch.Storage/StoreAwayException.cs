namespace Hutch.Storage;

/// <summary>The store of segments on another machine does not answer. The bytes are intact as far as it is known.</summary>
public sealed class StoreAwayException(string message, Exception inner) : IOException(message, inner);
