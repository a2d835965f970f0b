namespace Hutch.Zone.Replication.Placement;

/// <param name="Bytes">The approximate size of a copy in bytes.</param>
/// <param name="Plan">The actions, and the state of each rule in the same order.</param>
public sealed record PlannedDataset(NameRecord Name, long Bytes, IReadOnlyList<RuleRecord> Rules, PlacementPlan Plan)
{
    /// <summary>The copies; empty for callers without the right to read.</summary>
    public IReadOnlyList<CopyRecord> Copies { get; init; } = [];

    /// <summary>The time when a site last received data that it did not have; null before the first.</summary>
    public DateTimeOffset? MovedAt { get; init; }

    /// <summary>True if nothing remains to be placed: the dataset was deleted or has ended.</summary>
    public bool IsOver { get; init; }

    internal bool IsToDo => Plan.NewCopies.Count > 0 || Plan.Released.Count > 0;

    /// <summary>Returns the files that the copy at a site lacks because no source has them; null for none.</summary>
    public CopyFailures? FailuresAt(string siteId) =>
        Copies.FirstOrDefault(copy => copy.SiteId == siteId && copy.ReleasedAt is null)?.Told?.Failures;
}
