namespace Hutch.Model.Site;

/// <summary>What an owner held on a day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Owner">User or group.</param>
/// <param name="Bytes">Bytes of all files.</param>
/// <param name="Entries">Files, links and empty directories.</param>
public sealed record DayUsage(DateOnly Day, string Owner, long Bytes, long Entries);
