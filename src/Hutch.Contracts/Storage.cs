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

    /// <summary>Processor time of its programs that have ended, in core hours.</summary>
    public double CoreHours { get; init; }

    /// <summary>Part of it that ended in this month, by UTC.</summary>
    public double CoreHoursThisMonth { get; init; }

    /// <summary>Most processor time of its programs in execution, in core hours.</summary>
    public double CoreHoursReserved { get; init; }

    /// <summary>Budget of processor time, in core hours; absent: no limit.</summary>
    public double? BudgetCoreHours { get; init; }

    /// <summary>True if the budget is for each month, false if it is for all time; absent without a budget.</summary>
    public bool? BudgetMonthly { get; init; }
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

/// <summary>Sets the budget of processor time of an owner.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SetBudget
{
    /// <summary>Limit in core hours; absent: none.</summary>
    public double? CoreHours { get; init; }

    /// <summary>True for a limit of each month, by UTC. Default: false, for all time.</summary>
    public bool Monthly { get; init; }
}
