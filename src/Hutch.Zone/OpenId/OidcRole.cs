namespace Hutch.Zone.OpenId;

public sealed class OidcRole
{
    /// <summary>The value of the claim.</summary>
    [Required]
    public string Value { get; init; } = "";

    /// <summary>The role on this server: `operator`, `site-admin`, `auditor` or `administrator`.</summary>
    [Required]
    public string Role { get; init; } = "";
}
