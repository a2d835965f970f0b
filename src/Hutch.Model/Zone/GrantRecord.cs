namespace Hutch.Model.Zone;

/// <param name="Right">The highest single right; it includes those below.</param>
/// <param name="From">The start; null for at once.</param>
public sealed record GrantRecord(
    DatasetId Dataset, PrincipalRecord Principal, Rights Right, DateTimeOffset? From, string GrantedBy, DateTimeOffset GrantedAt);
