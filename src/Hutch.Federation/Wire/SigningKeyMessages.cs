namespace Hutch.Federation.Wire;

/// <summary>
/// A site asks for the signing keys of S3 keys. It names neither a region nor days: the zone takes the region of the site, and the days by
/// its own clock.
/// </summary>
internal sealed record SigningKeysRequest
{
    /// <summary>The tokens that the zone made for the site, at most <see cref="SiteProtocol.MaxSigningKeys"/>.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }
}

internal sealed record SigningKeysAnswer
{
    /// <summary>The region of the asking site.</summary>
    public required string Region { get; init; }

    /// <summary>The keys; tokens that are no valid ones for the site are left out.</summary>
    public required IReadOnlyList<SigningKeyLine> Keys { get; init; }

    /// <summary>Returns a constant, never a key.</summary>
    public override string ToString() => nameof(SigningKeysAnswer);
}

internal sealed record SigningKeyLine
{
    public required string Token { get; init; }

    /// <summary>The public part of the S3 key.</summary>
    public required string Key { get; init; }

    /// <summary>The first day, as <c>20130524</c>.</summary>
    public required string First { get; init; }

    /// <summary>The signing keys of the days in a row, base64.</summary>
    public required string Bytes { get; init; }

    /// <summary>Returns the public part, never a key.</summary>
    public override string ToString() => Token;
}
