namespace Hutch.Contracts;

/// <summary>Stored data of the site.</summary>
public sealed record StorageInfo
{
    public required StorageTotal Total { get; init; }

    /// <summary>Usage and quota of each owner.</summary>
    public IReadOnlyList<OwnerStorage> Owners { get; init; } = [];

    /// <summary>Usage of each owner on each of the last days.</summary>
    public IReadOnlyList<OwnerDay> History { get; init; } = [];
}

/// <summary>Totals of the whole site.</summary>
public sealed record StorageTotal
{
    /// <summary>Size of all segments on disk.</summary>
    public required long Bytes { get; init; }

    /// <summary>Total size of all files as their owners see them: shared bytes count once for each.</summary>
    public required long Logical { get; init; }

    public required long Segments { get; init; }

    /// <summary>Free bytes on the disk.</summary>
    public required long Free { get; init; }
}

/// <summary>Usage and quota of an owner.</summary>
public sealed record OwnerStorage
{
    /// <summary>User or group.</summary>
    public required string Owner { get; init; }

    /// <summary>Total size of its datasets: for each the files in its head, or the content from git-annex, if that is more.</summary>
    public required long Bytes { get; init; }

    /// <summary>Number of files, links and empty directories in them.</summary>
    public required long Entries { get; init; }

    /// <summary>Number of datasets, including those in the trash.</summary>
    public required long Datasets { get; init; }

    /// <summary>Limit in bytes; absent: none.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>Limit in entries; absent: none.</summary>
    public long? QuotaEntries { get; init; }
}

/// <summary>Usage of an owner on a day.</summary>
public sealed record OwnerDay
{
    /// <summary>The day in UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>User or group.</summary>
    public required string Owner { get; init; }

    public required long Bytes { get; init; }

    public required long Entries { get; init; }
}

/// <summary>Sets the quota of an owner.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SetQuota
{
    /// <summary>Limit in bytes; absent: none.</summary>
    public long? Bytes { get; init; }

    /// <summary>Limit in entries; absent: none.</summary>
    public long? Entries { get; init; }
}
