namespace Hutch.Model.Zone;

/// <summary>The downloads of a dataset by one account, or by all users without one.</summary>
/// <param name="User">The account; null for all users who were not logged in.</param>
/// <param name="Bytes">The downloaded bytes, without archives, whose size is not known beforehand.</param>
public sealed record DownloadRecord(string? User, long Times, long Bytes, DateTimeOffset First, DateTimeOffset Last);

/// <param name="Strangers">The downloads by users who were not logged in; null for none.</param>
/// <param name="Members">The downloads by accounts, most recent first.</param>
public sealed record DownloadCounts(
    long Times, long Bytes, long People, DateTimeOffset? Since, DownloadRecord? Strangers, IReadOnlyList<DownloadRecord> Members);
