namespace Hutch.Datasets.Upkeep;

/// <summary>Something that was done with a dataset.</summary>
/// <param name="Time">When.</param>
/// <param name="User">Who did it; null for the server itself.</param>
/// <param name="Action">What was done.</param>
/// <param name="Detail">More about it.</param>
/// <param name="Token">With which token.</param>
/// <param name="Snapshot">The version that it made.</param>
public sealed record ActivityLine(
    DateTimeOffset Time, string? User, string Action, string? Detail, string? Token = null, long? Snapshot = null);
