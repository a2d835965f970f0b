namespace Hutch.Datasets.Facility;

/// <summary>A folder that the facility agent watches or that was adopted, as it was when it was last looked at.</summary>
/// <param name="Folder">Absolute path.</param>
public sealed record FacilityFolder(string Folder, FacilityFolderState State)
{
    /// <summary>Its dataset; null before there is one.</summary>
    public DatasetId? Dataset { get; init; }

    public string? Name { get; init; }

    /// <summary>The identity of the folder, which survives a move.</summary>
    public string? Identity { get; init; }

    public long Files { get; init; }

    public long Bytes { get; init; }

    /// <summary>By how much it grows, bytes a second, over the last minute.</summary>
    public double BytesPerSecond { get; init; }

    public long PendingHashes { get; init; }

    /// <summary>For an adopted folder: the bytes of the files that wait to be hashed.</summary>
    public long PendingBytes { get; init; }

    /// <summary>For an adopted folder: the rate at which its files are hashed, bytes a second, over the last minute.</summary>
    public double HashedPerSecond { get; init; }

    /// <summary>The path whose adoption it belongs to; null for a folder that a rule of the configuration watches.</summary>
    public string? Adoption { get; init; }

    /// <summary>Time of the last change of a file in it; null without files.</summary>
    public DateTimeOffset? Changed { get; init; }

    /// <summary>The end of its files' retention at the facility by its rule; null for no end, or during acquisition.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    public string? Problem { get; init; }

    public IReadOnlyList<string> Notices { get; init; } = [];
}

public enum FacilityFolderState
{
    /// <summary>It has no metadata file yet, or it is adopted and not scanned yet.</summary>
    Waiting,

    /// <summary>It is published, and acquisition continues.</summary>
    Acquiring,

    /// <summary>It is published, and acquisition has ended.</summary>
    Published,

    /// <summary>It has a problem that needs a person.</summary>
    Attention,

    /// <summary>It is published, but not there: it was moved elsewhere or removed, or its file system is not mounted.</summary>
    Missing,
}

/// <param name="Path">Absolute path.</param>
/// <param name="FileSystem">The kind of its file system, such as <c>ext4</c> or <c>nfs</c>; null while it is not there.</param>
/// <param name="IsNotified">Whether the kernel reports changes; otherwise the agent looks each second.</param>
/// <param name="Notices">What an operator should know.</param>
public sealed record FacilityParent(string Path, string? FileSystem, bool IsNotified, IReadOnlyList<string> Notices);

/// <param name="Until">The end; null for no end, or during acquisition.</param>
/// <param name="Limit">The latest end that their owner may choose; null for no limit.</param>
public sealed record FacilityRetention(DateTimeOffset? Until, DateTimeOffset? Limit, bool IsOver)
{
    /// <summary>True during acquisition: the retention begins at its end.</summary>
    public bool IsAcquiring { get; init; }

    /// <summary>True if the retention ends, or will end, unless the owner of the dataset acts.</summary>
    public bool IsLimited { get; init; }
}
