namespace Hutch.Zone.Mail;

/// <summary>A mail in words.</summary>
/// <param name="Subject">The subject: one line.</param>
/// <param name="Body">Plain text.</param>
public sealed record MailText(string Subject, string Body);
