using Hutch.Model.Annex;

namespace Hutch.Catalog.Site;

/// <param name="Folder">The absolute path of the dataset's folder.</param>
/// <param name="Name">The hash of its bytes, or, when <paramref name="IsHashed"/> is false, a name of this version.</param>
/// <param name="IsHashed">True if its bytes were read and have this hash.</param>
/// <param name="Gone">The time at which it was found changed or missing (ms since 1970); null while it is present.</param>
public sealed record FolderFile(
    long Key, DatasetId Dataset, string Folder, DatasetPath Path, BlobHash Name, FileStamp Stamp, bool IsHashed, long? Gone)
{
    /// <summary>True if other sites hold the bytes of the dataset for this one, so that the file may be missing.</summary>
    public bool IsAway { get; init; }

    /// <summary>For a file of an adopted store: its key. Null for all others.</summary>
    public KeyName? StoreKey { get; init; }

    /// <summary>For a key in the archive of an adopted store: the place of its bytes there. Null for all others.</summary>
    public long? ArchiveOffset { get; init; }
}
