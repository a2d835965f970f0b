using Hutch.Model.Placement;
using Hutch.Model.Zone;

namespace Hutch.Zone.Placement;

/// <summary>A dataset, the rules that are about it, and what follows from them.</summary>
/// <param name="Name">The dataset.</param>
/// <param name="Bytes">About how many bytes a copy has.</param>
/// <param name="Rules">The rules.</param>
/// <param name="Plan">What is to be done, and how each of the rules stands, in their order.</param>
public sealed record PlannedDataset(NameRecord Name, long Bytes, IReadOnlyList<RuleRecord> Rules, PlacementPlan Plan)
{
    /// <summary>Its copies; none for those who may not read it.</summary>
    public IReadOnlyList<CopyRecord> Copies { get; init; } = [];

    /// <summary>When something came last that a site did not have; null while nothing has come anywhere.</summary>
    public DateTimeOffset? MovedAt { get; init; }

    /// <summary>Whether there is nothing to place any more: it was deleted, or has ended.</summary>
    public bool IsOver { get; init; }

    /// <summary>Whether sites are to be asked for copies, or released from them.</summary>
    internal bool IsToDo => Plan.NewCopies.Count > 0 || Plan.Released.Count > 0;

    /// <summary>Files that the copy at a site lacks, as no site has them from which it comes; null for none.</summary>
    public CopyFailures? FailuresAt(string siteId) =>
        Copies.FirstOrDefault(copy => copy.SiteId == siteId && copy.ReleasedAt is null)?.Told?.Failures;
}
