namespace Hutch.Objects;

/// <summary>A write to an object store whose outcome is unknown: it may or may not have succeeded.</summary>
public sealed class ObjectOutcomeUnknownException(string message, Exception inner) : IOException(message, inner);
