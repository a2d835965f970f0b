namespace Hutch.Model.Placement;

/// <summary>A rule of the zone.</summary>
/// <param name="Number">Its number, which is never given again.</param>
/// <param name="Scope">Which datasets it is about.</param>
/// <param name="Owner">The name of the owner whose datasets it is about; null for any other scope.</param>
/// <param name="Rule">What it asks.</param>
/// <param name="Until">When it ends by itself; null for never.</param>
/// <param name="CreatedBy">The name of who made it.</param>
public sealed record RuleRecord(
    long Number, RuleScope Scope, string? Owner, PlacementRule Rule, DateTimeOffset? Until, string CreatedBy, DateTimeOffset CreatedAt)
{
    /// <summary>Since when it is not fulfilled, for a rule about one dataset; null while it is, and for others.</summary>
    public DateTimeOffset? LackingSince { get; init; }

    /// <summary>What its maker was told last of how it stands.</summary>
    public RuleNews Told { get; init; }
}

/// <summary>What is told of how a rule stands.</summary>
public enum RuleNews
{
    /// <summary>Nothing yet.</summary>
    Nothing,

    /// <summary>All copies that it wants are there.</summary>
    Whole,

    /// <summary>They do not come.</summary>
    Stuck,
}
