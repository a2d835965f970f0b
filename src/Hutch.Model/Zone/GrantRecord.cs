namespace Hutch.Model.Zone;

/// <summary>A right of a user or group on a dataset.</summary>
/// <param name="Right">The highest single right; it includes those below.</param>
/// <param name="From">The start; null for at once.</param>
/// <param name="GrantedBy">The name of the grantor.</param>
public sealed record GrantRecord(
    DatasetId Dataset, PrincipalRecord Principal, Rights Right, DateTimeOffset? From, string GrantedBy, DateTimeOffset GrantedAt);
