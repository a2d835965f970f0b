namespace Hutch.Model.Sites;

/// <param name="Accepts">An expression for the datasets of which it accepts copies; null for all.</param>
public sealed record SiteTerms(SiteIntake Intake, string? Accepts)
{
    public static SiteTerms Open { get; } = new(SiteIntake.Open, null);
}
