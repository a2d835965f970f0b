using System.Globalization;

namespace Hutch.Model.Placement;

/// <summary>Evaluates rules that exclude a dataset from sites. Earlier copies at an excluded site stay on its disk.</summary>
internal static class ServeRules
{
    public static RuleStatus StatusOf(PlacementRule rule, PlacedDataset dataset, SiteStanding[] standings)
    {
        SiteStanding[] leftOut = [.. standings.Where(standing => !standing.Site.Matches(rule.Where))];
        SiteStanding[] withCopy = [.. leftOut.Where(standing => HasFiles(standing, dataset))];
        (RuleState state, string summary) =
            Array.Find(leftOut, static standing => standing.IsHome) is { } home
                ? (RuleState.Degraded, $"{home.Site.Name} is left out, but is the home, and shows it all the same.")
            : Array.Find(leftOut, static standing => standing.Site.AwaySince is not null) is { } away
                ? (RuleState.Pending, $"{away.Site.Name} is away, and may go on by what it knew before.")
            : withCopy.Length > 0
                ? (RuleState.Degraded, $"No site that is left out shows it, but files of it are on the disk of {Names(withCopy)}.")
            : (RuleState.Fulfilled, "No site that is left out knows of it.");
        return new RuleStatus(
            rule, state, summary,
            [.. standings.Select(standing => new SiteReason(
                standing.Site.Id, standing.Site.Name,
                leftOut.Contains(standing) ? WhyLeftOut(standing, HasFiles(standing, dataset)) : "may have and show it"))]);
    }

    private static bool HasFiles(SiteStanding standing, PlacedDataset dataset) =>
        dataset.Copies.Any(copy => copy.SiteId == standing.Site.Id && (copy.CompleteAt ?? copy.ToldAt) is not null);

    private static string WhyLeftOut(SiteStanding standing, bool hasFiles) =>
        standing.IsHome ? "is left out, but is the home, and shows it all the same"
        : (standing.Site.AwaySince is { } since
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"is left out, but has been away since {since.UtcDateTime:yyyy-MM-dd HH:mm} UTC, and may go on by what it knew")
                : "is left out, and does not show it")
            + (hasFiles ? "; files of a copy are on its disk" : "");

    private static string Names(SiteStanding[] sites) => string.Join(", ", sites.Select(static standing => standing.Site.Name));
}
