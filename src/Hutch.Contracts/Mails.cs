namespace Hutch.Contracts;

/// <summary>A message to a user, by mail or only here.</summary>
public sealed record MailInfo
{
    public required long Id { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Address it was mailed to, if any.</summary>
    public string? To { get; init; }

    public required string Subject { get; init; }

    /// <summary>Text. A link with a secret is only in the mail itself.</summary>
    public required string Body { get; init; }

    /// <summary><c>kept</c> (to be read only here), <c>queued</c>, <c>sent</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it has not been sent so far.</summary>
    public string? Failure { get; init; }
}
