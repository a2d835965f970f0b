namespace Hutch.Objects;

/// <summary>A write to an object store of which nobody knows whether it took place.</summary>
public sealed class ObjectOutcomeUnknownException(string message, Exception inner) : IOException(message, inner);
