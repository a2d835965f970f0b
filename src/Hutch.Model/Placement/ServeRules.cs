namespace Hutch.Model.Placement;

/// <summary>Evaluates rules that exclude a dataset from sites. Earlier copies at an excluded site stay on its disk.</summary>
internal static class ServeRules
{
    public static RuleStatus StatusOf(PlacementRule rule, PlacedDataset dataset, SiteEligibility[] standings)
    {
        SiteEligibility[] leftOut = [.. standings.Where(eligibility => !eligibility.Site.Matches(rule.Where))];
        SiteEligibility[] withCopy = [.. leftOut.Where(eligibility => HasFiles(eligibility, dataset))];
        (RuleState state, string summary) = Summarize(leftOut, withCopy);
        return new RuleStatus(
            rule, state, summary,
            [.. standings.Select(eligibility => new SiteReason(
                eligibility.Site.Id, eligibility.Site.Name,
                leftOut.Contains(eligibility) ? ExplainExclusion(eligibility, HasFiles(eligibility, dataset)) : "may have and show it"))]);
    }

    private static (RuleState State, string Summary) Summarize(SiteEligibility[] leftOut, SiteEligibility[] withCopy)
    {
        if (Array.Find(leftOut, static eligibility => eligibility.IsHome) is { } home)
        {
            return (RuleState.Degraded, $"{home.Site.Name} is left out, but is the home, and shows it all the same.");
        }

        if (Array.Find(leftOut, static eligibility => eligibility.Site.AwaySince is not null) is { } away)
        {
            return (RuleState.Pending, $"{away.Site.Name} is away, and may still use what it knew before.");
        }

        return withCopy.Length > 0
            ? (RuleState.Degraded, $"No site that is left out shows it, but files of it are on the disk of {Names(withCopy)}.")
            : (RuleState.Fulfilled, "No site that is left out knows of it.");
    }

    private static bool HasFiles(SiteEligibility eligibility, PlacedDataset dataset) =>
        dataset.Copies.Any(copy => copy.SiteId == eligibility.Site.Id && (copy.CompleteAt ?? copy.ToldAt) is not null);

    private static string ExplainExclusion(SiteEligibility eligibility, bool hasFiles) =>
        eligibility.IsHome ? "is left out, but is the home, and shows it all the same"
        : (eligibility.Site.AwaySince is { } since
                ? $"is left out, but has been away since {Display.Minute(since)}, and may still use what it knew"
                : "is left out, and does not show it")
            + (hasFiles ? "; files of a copy are on its disk" : "");

    private static string Names(SiteEligibility[] sites) => string.Join(", ", sites.Select(static eligibility => eligibility.Site.Name));
}
