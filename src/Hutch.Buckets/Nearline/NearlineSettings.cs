namespace Hutch.Buckets.Nearline;

/// <summary>The settings of nearline storage below a bucket.</summary>
public sealed record NearlineSettings
{
    /// <summary>The program of the tape manager; null for an archive class of the bucket.</summary>
    public string? Program { get; init; }

    /// <summary>The archive class of the bucket; null for a program.</summary>
    public string? StorageClass { get; init; }

    /// <summary>The number of days for which the bucket keeps a restored object readable.</summary>
    public int RestoreDays { get; init; } = 1;

    /// <summary>The bucket's word for the speed of a restore; null for its usual one.</summary>
    public string? RestoreTier { get; init; }

    /// <summary>The time without a read after which a segment moves from the bucket to nearline storage.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The bytes of the smallest segment that moves; smaller ones wait in the bucket until they are merged.</summary>
    public long LeastBytes { get; init; } = 256L << 20;

    /// <summary>The most recalls at a time.</summary>
    public int Drives { get; init; } = 2;

    /// <summary>The most segments of one recall.</summary>
    public int Together { get; init; } = 32;

    /// <summary>The most segments that one account may have queued.</summary>
    public int PerAccount { get; init; } = 1000;

    /// <summary>The time for which recalled segments stay without a pin.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The expected time until the first byte of a recall.</summary>
    public TimeSpan Mount { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>The nearline storage itself, in place of the program.</summary>
    internal INearline? Store { get; init; }

    internal INearline Open(IDisk disk, IObjectStore objects, FolderObjects names, TimeProvider time) =>
        Store
        ?? (StorageClass is not null && objects is IArchiveStore archive ? new ArchiveNearline(archive, names.Archive, this, disk, time)
            : new CommandNearline(Program!));
}
