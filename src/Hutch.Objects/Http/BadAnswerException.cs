namespace Hutch.Objects.Http;

/// <summary>The answer is not one that a Hutch server gives: something else listens there, or the stream was cut.</summary>
public sealed class BadAnswerException(string message, Exception? inner = null) : Exception(message, inner);
