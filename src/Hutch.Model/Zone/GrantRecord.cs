namespace Hutch.Model.Zone;

/// <summary>A right of a user or group on a dataset.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Principal">Who has it.</param>
/// <param name="Right">The highest single right; it includes those below.</param>
/// <param name="From">When it begins; null for at once.</param>
/// <param name="GrantedBy">Name of who gave it.</param>
/// <param name="GrantedAt">When it was given.</param>
public sealed record GrantRecord(
    DatasetId Dataset, PrincipalRecord Principal, Rights Right, DateTimeOffset? From, string GrantedBy, DateTimeOffset GrantedAt);
