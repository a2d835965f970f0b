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
    /// <summary>When something came last that a site did not have; null while nothing has come anywhere.</summary>
    public DateTimeOffset? MovedAt { get; init; }

    /// <summary>Whether there is nothing to place any more: it was deleted, or has ended.</summary>
    public bool IsOver { get; init; }

    /// <summary>Whether sites are to be asked for copies, or released from them.</summary>
    internal bool IsToDo => Plan.NewCopies.Count > 0 || Plan.Released.Count > 0;
}
