namespace Hutch.Model.Zone;

/// <summary>The downloads of a dataset by one account, or by all users without one.</summary>
/// <param name="User">The account; null for all users who were not logged in.</param>
/// <param name="Times">The number of downloads.</param>
/// <param name="Bytes">The downloaded bytes, without archives, whose size is not known beforehand.</param>
/// <param name="First">The time of the first download.</param>
/// <param name="Last">The time of the last download.</param>
public sealed record DownloadRecord(string? User, long Times, long Bytes, DateTimeOffset First, DateTimeOffset Last);

/// <summary>The downloads of a dataset.</summary>
/// <param name="Times">The number of downloads.</param>
/// <param name="Bytes">The downloaded bytes.</param>
/// <param name="People">The number of accounts.</param>
/// <param name="Since">The time of the first download; null for none.</param>
/// <param name="Strangers">The downloads by users who were not logged in; null for none.</param>
/// <param name="Members">The downloads by accounts, most recent first.</param>
public sealed record DownloadCounts(
    long Times, long Bytes, long People, DateTimeOffset? Since, DownloadRecord? Strangers, IReadOnlyList<DownloadRecord> Members);
