using Hutch.Model;
using Hutch.Model.Placement;

namespace Hutch.Zone.Placement;

/// <summary>A rule that somebody wants: about one dataset, a type, an owner or, when none of them is named, all datasets.</summary>
/// <param name="Rule">What it asks.</param>
/// <param name="Until">When it ends by itself; null for never.</param>
public sealed record WantedRule(PlacementRule Rule, DateTimeOffset? Until)
{
    /// <summary>The one dataset that it is about.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>The type, with those that inherit from it.</summary>
    public string? Type { get; init; }

    /// <summary>The owner.</summary>
    public AccountName? Owner { get; init; }
}
