namespace Hutch.Model.Placement;

/// <summary>A rule of the zone.</summary>
/// <param name="Number">Its number, which is never given again.</param>
/// <param name="Scope">Which datasets it is about.</param>
/// <param name="Owner">The name of the owner whose datasets it is about; null for any other scope.</param>
/// <param name="Rule">What it asks.</param>
/// <param name="Until">When it ends by itself; null for never.</param>
/// <param name="CreatedBy">The name of who made it.</param>
/// <param name="CreatedAt">Since when.</param>
public sealed record RuleRecord(
    long Number, RuleScope Scope, string? Owner, PlacementRule Rule, DateTimeOffset? Until, string CreatedBy, DateTimeOffset CreatedAt);
