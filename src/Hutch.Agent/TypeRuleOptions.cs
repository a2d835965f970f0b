namespace Hutch.Agent;

/// <summary>Settings that override a rule for datasets of a type and its subtypes.</summary>
public sealed class TypeRuleOptions
{
    /// <summary>The type, such as `cryoem/spa`.</summary>
    [Required]
    public string Type { get; init; } = "";

    /// <summary>Visibility of these datasets, with the values of the folder's `visibility`.</summary>
    [Required]
    public string Visibility { get; init; } = "private";
}
