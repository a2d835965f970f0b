namespace Hutch.Model.Sites;

/// <summary>What a site takes, as its operator has said.</summary>
/// <param name="Intake">Whether it takes anything.</param>
/// <param name="Accepts">Of which datasets it takes copies, as an expression over them; null for all.</param>
public sealed record SiteTerms(SiteIntake Intake, string? Accepts)
{
    /// <summary>Everything.</summary>
    public static SiteTerms Open { get; } = new(SiteIntake.Open, null);
}
