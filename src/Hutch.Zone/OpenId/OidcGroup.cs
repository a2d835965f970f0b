namespace Hutch.Zone.OpenId;

public sealed class OidcGroup
{
    /// <summary>The value of the claim.</summary>
    [Required]
    public string Value { get; init; } = "";

    /// <summary>The group on this server; it must exist.</summary>
    [Required]
    public string Group { get; init; } = "";
}
