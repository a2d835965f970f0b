namespace Hutch.Model.Zone;

/// <summary>A request to read a dataset by a user who can view it. There is at most one per user and dataset.</summary>
/// <param name="Text">The user's message; can be empty.</param>
/// <param name="DeniedAt">The time of denial; null while it is open.</param>
public sealed record AccessRequestRecord(
    DatasetId Dataset, PrincipalRecord By, string Text, DateTimeOffset At, DateTimeOffset? DeniedAt);
