using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>What the site stores.</summary>
public sealed record StorageInfo
{
    /// <summary>The whole site.</summary>
    public required StorageTotal Total { get; init; }

    /// <summary>What each owner holds, and may.</summary>
    public IReadOnlyList<OwnerStorage> Owners { get; init; } = [];

    /// <summary>What each owner held on each of the last days.</summary>
    public IReadOnlyList<OwnerDay> History { get; init; } = [];
}

/// <summary>What the whole site stores.</summary>
public sealed record StorageTotal
{
    /// <summary>Bytes of all segments on the disk.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes of all files, as the owners see them: what is shared counts for each.</summary>
    public required long Logical { get; init; }

    /// <summary>Segments.</summary>
    public required long Segments { get; init; }

    /// <summary>Bytes that are free on the disk.</summary>
    public required long Free { get; init; }
}

/// <summary>What an owner holds, and may.</summary>
public sealed record OwnerStorage
{
    /// <summary>User or group.</summary>
    public required string Owner { get; init; }

    /// <summary>Bytes of all files in the heads of its datasets.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files, links and empty directories in them.</summary>
    public required long Entries { get; init; }

    /// <summary>Datasets, those in the trash too.</summary>
    public required long Datasets { get; init; }

    /// <summary>The most bytes it may hold; absent for any number.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>The most entries it may hold; absent for any number.</summary>
    public long? QuotaEntries { get; init; }
}

/// <summary>What an owner held on a day.</summary>
public sealed record OwnerDay
{
    /// <summary>The day, UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>User or group.</summary>
    public required string Owner { get; init; }

    /// <summary>Bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Entries.</summary>
    public required long Entries { get; init; }
}

/// <summary>How much an owner may hold from now on.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SetQuota
{
    /// <summary>The most bytes; absent for any number.</summary>
    public long? Bytes { get; init; }

    /// <summary>The most entries; absent for any number.</summary>
    public long? Entries { get; init; }
}
