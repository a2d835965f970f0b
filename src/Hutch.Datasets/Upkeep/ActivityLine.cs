namespace Hutch.Datasets.Upkeep;

/// <param name="User">The user; null for the server itself.</param>
public sealed record ActivityLine(
    DateTimeOffset Time, string? User, string Action, string? Detail, string? Token = null, long? Snapshot = null);
