namespace Hutch.Model.Zone;

/// <summary>Something that is said to somebody. Its words are made from a template when it is read or sent; no secret is in it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="UserId">To whom; null for somebody without an account.</param>
/// <param name="CausedBy">Whose doing it comes from; null for the server's.</param>
/// <param name="Address">Where it goes by mail; null for nowhere.</param>
/// <param name="Template">The name of the template.</param>
/// <param name="Facts">The values of the placeholders.</param>
/// <param name="State">What became of it.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="CreatedAt">When it was said.</param>
/// <param name="SentAt">When the mail server took it; null when it has not.</param>
/// <param name="Failure">Why the last attempt failed; null when none did.</param>
public sealed record MailRecord(
    long Id, PrincipalId? UserId, PrincipalId? CausedBy, string? Address,
    string Template, IReadOnlyDictionary<string, string> Facts, MailState State,
    int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, string? Failure);

/// <summary>The state of an email.</summary>
public enum MailState
{
    /// <summary>Only to be read in the portal: mail is off, or there is no address.</summary>
    Kept,

    /// <summary>It waits to be sent.</summary>
    Queued,

    /// <summary>The mail server accepted it.</summary>
    Sent,

    /// <summary>It could not be sent, and is not tried again.</summary>
    Failed,
}
