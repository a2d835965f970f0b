using System.ComponentModel.DataAnnotations;

namespace Hutch.Zone.OpenId;

/// <summary>A value of a claim that is a role.</summary>
public sealed class OidcRole
{
    /// <summary>The value.</summary>
    [Required]
    public string Value { get; init; } = "";

    /// <summary>The role here: `operator`, `site-admin`, `auditor` or `administrator`.</summary>
    [Required]
    public string Role { get; init; } = "";
}
