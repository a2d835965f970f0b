namespace Hutch.Federation.Wire;

/// <summary>A site redeems the code with which a browser returned from the zone (RFC 6749, section 4.1.3; RFC 7636, section 4.5).</summary>
internal sealed record LoginRequest
{
    public required string Code { get; init; }

    public required string Verifier { get; init; }

    public required string Redirect { get; init; }

    /// <summary>Returns a constant, never the code.</summary>
    public override string ToString() => nameof(LoginRequest);
}

internal sealed record LoginAnswer
{
    /// <summary>The public part of the token for the site.</summary>
    public required string Token { get; init; }

    public required string User { get; init; }

    /// <summary>The number of the feed from which on the site knows the token.</summary>
    public required long Sequence { get; init; }
}
