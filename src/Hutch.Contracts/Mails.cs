namespace Hutch.Contracts;

/// <summary>A message to a user, by mail or in the portal only.</summary>
public sealed record MailInfo
{
    public required long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// <c>account</c>, <c>shares</c>, <c>requests</c>, <c>copies</c>, <c>runs</c>, <c>acquisitions</c> or <c>expiry</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>Address to which it was mailed, if any.</summary>
    public string? To { get; init; }

    public required string Subject { get; init; }

    /// <summary>Text. A link with a secret is only in the mail itself.</summary>
    public required string Body { get; init; }

    /// <summary><c>kept</c> (for the portal only), <c>queued</c>, <c>sent</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Reason why it has not been sent.</summary>
    public string? Failure { get; init; }
}
