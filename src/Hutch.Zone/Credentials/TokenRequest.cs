namespace Hutch.Zone.Credentials;

public sealed record TokenRequest
{
    public const string AllSites = "all";

    public string? Name { get; init; }

    /// <summary>The scopes; null for read and write, as far as the token of the request has them.</summary>
    public TokenScopes? Scopes { get; init; }

    public TimeSpan? Life { get; init; }

    /// <summary>The only dataset of the token; null for all.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>The only folder of the dataset, for a narrowable token; null for all.</summary>
    public string? Folder { get; init; }

    /// <summary>The namespace of runs for the scope <c>work</c>; null for the default one.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name of the only site of the token; null for the zone's own site.</summary>
    public string? Site { get; init; }

    /// <summary>
    /// The names of the sites that an S3 key or a narrowable token opens beside the zone's own; <see cref="AllSites"/> alone for all that
    /// are in the zone now.
    /// </summary>
    public IReadOnlyList<string> Sites { get; init; } = [];

    /// <summary>The instrument whose running visit a screen shows with the token; null for all other tokens.</summary>
    public string? Instrument { get; init; }

    /// <summary>True for a token whose secret is a private key, so that its holder can narrow it without a server.</summary>
    public bool Narrowable { get; init; }

    /// <summary>True for a key of the S3 door, with an access key and a secret key, in place of a bearer text.</summary>
    public bool S3 { get; init; }
}
