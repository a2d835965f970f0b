namespace Hutch.Model.Site;

/// <param name="Bytes">The most bytes of all files; null for no limit.</param>
/// <param name="Entries">The most files, links and empty directories; null for no limit.</param>
public sealed record OwnerQuota(string Owner, long? Bytes, long? Entries);

/// <summary>
/// The usage of an owner's datasets: of their heads, by the length of their files, regardless of sharing and compression.
/// </summary>
/// <param name="Entries">The number of files, links and empty directories.</param>
/// <param name="Datasets">The number of datasets with bytes, including those in the trash.</param>
public sealed record OwnerUsage(string Owner, long Bytes, long Entries, long Datasets);

/// <param name="Day">The day in UTC.</param>
/// <param name="Entries">The number of files, links and empty directories.</param>
public sealed record DayUsage(DateOnly Day, string Owner, long Bytes, long Entries);
