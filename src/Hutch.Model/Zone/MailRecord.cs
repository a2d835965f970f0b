namespace Hutch.Model.Zone;

/// <summary>A notification. Its text is made from a template when it is read or sent; it contains no secret.</summary>
/// <param name="UserId">The receiver; null for a person without an account.</param>
/// <param name="CausedBy">The user who caused it; null for the server.</param>
/// <param name="Address">The email address; null if it is not mailed.</param>
/// <param name="SentAt">The time when the mail server accepted it; null before.</param>
/// <param name="Failure">The reason why the last attempt failed; null for none.</param>
public sealed record MailRecord(
    long Id, PrincipalId? UserId, PrincipalId? CausedBy, string? Address,
    string Template, NoticeKind Kind, IReadOnlyDictionary<string, string> Facts, MailState State,
    int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, string? Failure);

public enum MailState
{
    /// <summary>Visible in the portal only: mail is off, or there is no address.</summary>
    Kept,

    /// <summary>Waiting to be sent.</summary>
    Queued,

    /// <summary>Accepted by the mail server.</summary>
    Sent,

    /// <summary>Failed, and not retried.</summary>
    Failed,
}
