namespace Hutch.Model.Site;

/// <summary>An owner's quota.</summary>
/// <param name="Bytes">Bytes of all files; null for any number.</param>
/// <param name="Entries">Files, links and empty directories; null for any number.</param>
public sealed record OwnerQuota(string Owner, long? Bytes, long? Entries);

/// <summary>What the datasets of an owner hold: their heads, as their files are long, whatever is shared or compressed below.</summary>
/// <param name="Bytes">Bytes of all files.</param>
/// <param name="Entries">Files, links and empty directories.</param>
/// <param name="Datasets">Datasets whose bytes have not ended, those in the trash too.</param>
public sealed record OwnerUsage(string Owner, long Bytes, long Entries, long Datasets);

/// <summary>An owner's storage use on one day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Bytes">Bytes of all files.</param>
/// <param name="Entries">Files, links and empty directories.</param>
public sealed record DayUsage(DateOnly Day, string Owner, long Bytes, long Entries);
