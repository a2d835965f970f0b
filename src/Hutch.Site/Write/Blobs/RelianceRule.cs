namespace Hutch.Site.Write.Blobs;

/// <summary>Datasets whose bytes only a program has, and the inputs on which these rely.</summary>
public static class RelianceRule
{
    /// <summary>
    /// Returns the refusal to read bytes that a program computes again; null for bytes that are here, or that other sites hold.
    /// </summary>
    /// <param name="hash">The bytes; null for those of any file.</param>
    public static HutchError? FindEvicted(SiteDataset dataset, BlobHash? hash)
    {
        return dataset.Eviction is { Reproduction: { } proved } eviction
            && (hash is { } one ? eviction.IsReproducedOnly(one) : eviction.IsAway())
            ? (ErrorCode.Evicted with
            {
                Advice = $"Compute them again: `hutch rerun {proved.Run:N} --restore`. They are compared before any is served.",
            }).With(
                $"The bytes of '{dataset.Owner}/{dataset.Slug}' were evicted. The run {proved.Run:N} made them, and can be repeated.",
                "run", proved.Run.ToString("N"))
            : null;
    }

    /// <summary>
    /// Returns the refusal to end a dataset, or the promises of other sites to keep it, inside the commit that would; null if no dataset
    /// relies on it. Only a dataset that other sites hold is relied on.
    /// </summary>
    internal static HutchError? FindRefusal(SiteQueries queries, SiteDataset dataset) =>
        dataset.Eviction is not null && queries.FindReliant(dataset.Id) is { Eviction.Reproduction: { } proved } reliant
            ? (ErrorCode.Conflict with
            {
                Advice = $"Bring them back first with `hutch rerun {proved.Run:N} --restore`, or delete that dataset and empty the trash.",
            }).With(
                $"The bytes of {NameFor(dataset, reliant)} are evicted, and are computed again from '{dataset.Owner}/{dataset.Slug}'.")
            : null;

    /// <summary>The name of another owner's dataset may be private.</summary>
    private static string NameFor(SiteDataset dataset, SiteDataset reliant) =>
        reliant.Owner == dataset.Owner ? $"'{reliant.Owner}/{reliant.Slug}'" : $"the dataset {reliant.Id}";
}
