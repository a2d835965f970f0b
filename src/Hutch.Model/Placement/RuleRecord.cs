namespace Hutch.Model.Placement;

/// <param name="Number">The number, which is never reused.</param>
/// <param name="Owner">The name of the owner whose datasets it applies to; null for any other scope.</param>
/// <param name="Until">The automatic end; null for never.</param>
public sealed record RuleRecord(
    long Number, RuleScope Scope, string? Owner, PlacementRule Rule, DateTimeOffset? Until, string CreatedBy, DateTimeOffset CreatedAt)
{
    /// <summary>The time since when a rule for one dataset is not fulfilled; null while it is, and for other rules.</summary>
    public DateTimeOffset? LackingSince { get; init; }

    /// <summary>The last notification to the rule's author.</summary>
    public RuleNotificationKind Told { get; init; }
}

public enum RuleNotificationKind
{
    /// <summary>None so far.</summary>
    Nothing,

    /// <summary>All its copies are complete.</summary>
    Whole,

    /// <summary>Its copies make no progress.</summary>
    Stuck,
}
