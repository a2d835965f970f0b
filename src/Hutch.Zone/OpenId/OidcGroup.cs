using System.ComponentModel.DataAnnotations;

namespace Hutch.Zone.OpenId;

/// <summary>A value of a claim that is membership in a group.</summary>
public sealed class OidcGroup
{
    /// <summary>The value.</summary>
    [Required]
    public string Value { get; init; } = "";

    /// <summary>The group here; it must exist.</summary>
    [Required]
    public string Group { get; init; } = "";
}
