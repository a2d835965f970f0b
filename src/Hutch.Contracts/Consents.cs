namespace Hutch.Contracts;

/// <summary>A site that asks to log the caller in, for the page on which the caller decides.</summary>
public sealed record ConsentOfferInfo
{
    /// <summary>Name of the site.</summary>
    public required string Site { get; init; }

    /// <summary>Address of its portal.</summary>
    public required string Address { get; init; }

    /// <summary>Operator of the site, as an administrator of the zone wrote; null if unknown.</summary>
    public string? RunBy { get; init; }

    /// <summary>Names of its administrators, as far as the zone knows them.</summary>
    public required IReadOnlyList<string> Administrators { get; init; }

    /// <summary>Time when it joined the zone.</summary>
    public required DateTimeOffset Joined { get; init; }

    /// <summary>True if the administrators of the zone trust it.</summary>
    public required bool Trusted { get; init; }

    /// <summary>Scopes selected first: <c>read</c>, <c>write</c>, <c>manage</c>, and <c>held</c> for data at the site alone.</summary>
    public required IReadOnlyList<string> Suggested { get; init; }

    /// <summary>Scopes that the caller allows now; null for none.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }
}

/// <summary>The consent of the caller to logins at a site.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record GiveConsent
{
    /// <summary>Name or id of the site.</summary>
    public required string Site { get; init; }

    /// <summary>
    /// Scopes of logins there: <c>read</c>, and if wanted <c>write</c> and <c>manage</c>; with <c>held</c> for data at the site alone.
    /// </summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The query of the login that waits for the consent, as the page got it. Default: none waits.</summary>
    public string? Query { get; init; }

    /// <summary>Never the query.</summary>
    public override string ToString() => $"{nameof(GiveConsent)} {Site}";
}

/// <summary>Result of a consent.</summary>
public sealed record GivenConsentInfo
{
    /// <summary>Address at the site to which the browser goes, with a code; absent if no login waits.</summary>
    public string? Location { get; init; }

    /// <summary>Never the code.</summary>
    public override string ToString() => nameof(GivenConsentInfo);
}

/// <summary>A site that may log the caller in.</summary>
public sealed record SiteConsentInfo
{
    /// <summary>Name of the site.</summary>
    public required string Site { get; init; }

    /// <summary>Address of its portal.</summary>
    public required string Address { get; init; }

    /// <summary>Scopes of logins there: <c>read</c>, <c>write</c>, <c>manage</c>, and <c>held</c> for data at the site alone.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Time of the consent.</summary>
    public required DateTimeOffset Given { get; init; }
}
