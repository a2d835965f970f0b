namespace Hutch.Zone.Replication.Placement;

/// <summary>A requested rule: for one dataset, a type, an owner or, when none of them is given, all datasets.</summary>
/// <param name="Until">The time at which it ends automatically; null for never.</param>
public sealed record RuleDraft(PlacementRule Rule, DateTimeOffset? Until)
{
    public DatasetId? Dataset { get; init; }

    /// <summary>The type, including those that inherit from it.</summary>
    public string? Type { get; init; }

    public AccountName? Owner { get; init; }
}
