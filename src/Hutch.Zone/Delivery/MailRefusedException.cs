namespace Hutch.Zone.Delivery;

/// <summary>A mail that will never be taken: there is no such address.</summary>
public sealed class MailRefusedException(string message, Exception? inner) : Exception(message, inner);
