namespace Hutch.Zone.Mail;

/// <summary>A mail ready to send. It may contain a secret and is never logged.</summary>
/// <param name="Id">The number in the outbox, which stays the same when the mail is sent again.</param>
/// <param name="Subject">The subject: one line.</param>
public sealed record OutgoingMail(long Id, string To, string Subject, string Body)
{
    /// <summary>Returns the number only.</summary>
    public override string ToString() => $"mail {Id}";
}
