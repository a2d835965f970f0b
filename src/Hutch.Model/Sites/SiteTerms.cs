namespace Hutch.Model.Sites;

/// <summary>The data that a site accepts, as its operator has set it.</summary>
/// <param name="Accepts">An expression for the datasets of which it accepts copies; null for all.</param>
public sealed record SiteTerms(SiteIntake Intake, string? Accepts)
{
    /// <summary>Accepts all data.</summary>
    public static SiteTerms Open { get; } = new(SiteIntake.Open, null);
}
