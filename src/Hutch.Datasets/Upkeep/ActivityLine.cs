namespace Hutch.Datasets.Upkeep;

/// <summary>An action on a dataset.</summary>
/// <param name="User">The user; null for the server itself.</param>
/// <param name="Token">The token that was used.</param>
/// <param name="Snapshot">The version that it made.</param>
public sealed record ActivityLine(
    DateTimeOffset Time, string? User, string Action, string? Detail, string? Token = null, long? Snapshot = null);
