using Hutch.Model;

namespace Hutch.Datasets.Facility;

/// <summary>A folder that the facility agent watches, as it was when it was last looked at.</summary>
/// <param name="Folder">Absolute path.</param>
/// <param name="State">How far it is.</param>
public sealed record FacilityFolder(string Folder, FacilityFolderState State)
{
    /// <summary>Its dataset; null before there is one.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>The dataset's name, <c>owner/slug</c>.</summary>
    public string? Name { get; init; }

    /// <summary>What stays the same when the folder is moved.</summary>
    public string? Identity { get; init; }

    /// <summary>Files in it.</summary>
    public long Files { get; init; }

    /// <summary>Bytes of them.</summary>
    public long Bytes { get; init; }

    /// <summary>By how much it grows, bytes a second, over the last minute.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Files that wait to be hashed.</summary>
    public long PendingHashes { get; init; }

    /// <summary>When a file in it last changed; null without files.</summary>
    public DateTimeOffset? Changed { get; init; }

    /// <summary>Until when its files stay at the facility by its rule; null for ever, or while acquisition goes on.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>What somebody has to see to; null for nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>What an operator may want to know besides.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}

/// <summary>How far a watched folder is.</summary>
public enum FacilityFolderState
{
    /// <summary>It has no metadata file yet.</summary>
    Waiting,

    /// <summary>It is published, and acquisition goes on.</summary>
    Acquiring,

    /// <summary>It is published, and acquisition has ended.</summary>
    Published,

    /// <summary>Somebody has to see to it.</summary>
    Attention,

    /// <summary>It is published, but not there: it was moved elsewhere or removed, or its file system is not mounted.</summary>
    Missing,
}

/// <summary>A parent folder that the facility agent watches.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="FileSystem">The kind of its file system, such as <c>ext4</c> or <c>nfs</c>; null while it is not there.</param>
/// <param name="IsNotified">Whether the kernel reports changes; otherwise the agent looks each second.</param>
/// <param name="Notices">What an operator should know.</param>
public sealed record FacilityParent(string Path, string? FileSystem, bool IsNotified, IReadOnlyList<string> Notices);

/// <summary>How long the files of a dataset stay at the facility.</summary>
/// <param name="Until">Until when; null for ever, or while acquisition goes on.</param>
/// <param name="Limit">Until when their owner may keep them at most; null for no limit.</param>
/// <param name="IsOver">Whether that time is over.</param>
public sealed record FacilityRetention(DateTimeOffset? Until, DateTimeOffset? Limit, bool IsOver)
{
    /// <summary>Whether acquisition goes on: that time begins when it ends.</summary>
    public bool IsAcquiring { get; init; }

    /// <summary>Whether that time ends, or will, if the owner of the dataset does nothing.</summary>
    public bool IsLimited { get; init; }
}
