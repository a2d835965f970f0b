namespace Hutch.Model.Contracts;

/// <summary>Something that was said to somebody, by mail or only here.</summary>
public sealed record MailInfo
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>When it was said.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Where it was mailed to; absent when nowhere.</summary>
    public string? To { get; init; }

    /// <summary>Its subject.</summary>
    public required string Subject { get; init; }

    /// <summary>Its text. A link with a secret is only in the mail itself.</summary>
    public required string Body { get; init; }

    /// <summary>`kept` (only to be read here), `queued`, `sent` or `failed`.</summary>
    public required string State { get; init; }

    /// <summary>Why it could not be sent so far.</summary>
    public string? Failure { get; init; }
}
