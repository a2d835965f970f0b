using Hutch.Catalog.Zone;

namespace Hutch.Datasets.Upkeep;

/// <summary>The words about links of accounts to people of a login provider that an earlier release made by a changed name.</summary>
public static class DoubtfulLinks
{
    public const string Advice =
        "Ask these people. `hutch user unlink NAME --provider ID` ends a wrong link; `hutch user link NAME --provider ID --subject "
        + "SUBJECT` confirms a right one.";

    private const int MaxNamed = 10;

    public static SiteWarning? FindWarning(IReadOnlyList<DoubtfulIdentity> links)
    {
        return links.Count == 0 ? null : new SiteWarning(
            "identities-doubtful",
            "An earlier release has linked accounts to people of a login provider by a name that it changed until it fitted: "
            + string.Join(", ", links.Take(MaxNamed).Select(Describe)) + (links.Count > MaxNamed ? ", and more." : "."),
            Advice)
        {
            IsConfidential = true,
        };
    }

    /// <summary>A link in a few words.</summary>
    public static string Describe(DoubtfulIdentity link)
    {
        string who = link.Claimed is { Length: > 0 } name ? Display.Quote(name) : "a person who has not logged in since";
        return $"{link.Account} is {who} ({Display.Quote(link.Subject)} at {link.Provider})";
    }
}
