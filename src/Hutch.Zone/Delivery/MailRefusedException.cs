namespace Hutch.Zone.Delivery;

/// <summary>A mail that will never be accepted, because its address does not exist.</summary>
public sealed class MailRefusedException(string message, Exception? inner) : Exception(message, inner);
