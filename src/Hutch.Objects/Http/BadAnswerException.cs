namespace Hutch.Objects.Http;

/// <summary>The response is not one of a Hutch server: another program listens there, or the stream was cut.</summary>
public sealed class BadAnswerException(string message, Exception? inner = null) : Exception(message, inner);
