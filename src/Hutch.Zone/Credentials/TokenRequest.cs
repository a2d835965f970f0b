using Hutch.Model;

namespace Hutch.Zone.Credentials;

public sealed record TokenRequest
{
    public string? Name { get; init; }

    /// <summary>Its scopes; null for read and write, as far as the token that asks has them.</summary>
    public TokenScopes? Scopes { get; init; }

    /// <summary>Its life; null for no end.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>The one dataset it is good for; null for all.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>For the scope <c>work</c>: the namespace whose runs it is for; null for the default one.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name of the only site at which it is good; null for the one beside the zone.</summary>
    public string? Site { get; init; }

    /// <summary>Whether it shall be a key of the S3 door, with an access key and a secret key, in place of a text to bear.</summary>
    public bool S3 { get; init; }
}
