namespace Hutch.Zone.Mail;

/// <summary>A mail as it goes out. It may hold a secret: it is never logged.</summary>
/// <param name="Id">Its number in the outbox; the same mail has the same one when it is sent again.</param>
/// <param name="To">The address.</param>
/// <param name="Subject">The subject: one line.</param>
/// <param name="Body">Plain text.</param>
public sealed record OutgoingMail(long Id, string To, string Subject, string Body)
{
    /// <summary>Never the body.</summary>
    public override string ToString() => $"mail {Id}";
}
