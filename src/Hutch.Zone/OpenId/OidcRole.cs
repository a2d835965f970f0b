using System.ComponentModel.DataAnnotations;

namespace Hutch.Zone.OpenId;

/// <summary>A mapping of a claim's value to a role.</summary>
public sealed class OidcRole
{
    /// <summary>The value of the claim.</summary>
    [Required]
    public string Value { get; init; } = "";

    /// <summary>The role on this server: `operator`, `site-admin`, `auditor` or `administrator`.</summary>
    [Required]
    public string Role { get; init; } = "";
}
