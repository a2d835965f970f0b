namespace Hutch.Model.Zone;

/// <summary>What was downloaded of a dataset by one account, or by all that have none.</summary>
/// <param name="User">The account; null for all that were not logged in.</param>
/// <param name="Times">How often.</param>
/// <param name="Bytes">How much; without archives, whose size nobody knows beforehand.</param>
/// <param name="First">When for the first time.</param>
/// <param name="Last">When for the last time.</param>
public sealed record DownloadRecord(string? User, long Times, long Bytes, DateTimeOffset First, DateTimeOffset Last);

/// <summary>How often a dataset was downloaded.</summary>
/// <param name="Times">How often in all.</param>
/// <param name="Bytes">How much in all.</param>
/// <param name="People">How many accounts did.</param>
/// <param name="Since">When for the first time; null for never.</param>
/// <param name="Strangers">By all that were not logged in; null for never.</param>
/// <param name="Members">By the accounts that did so last, the latest first.</param>
public sealed record DownloadCounts(
    long Times, long Bytes, long People, DateTimeOffset? Since, DownloadRecord? Strangers, IReadOnlyList<DownloadRecord> Members);
