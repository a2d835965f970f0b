using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Catalog.Site;

/// <summary>A version of a file that stays in the folder of a dataset.</summary>
/// <param name="Key">Key of the dataset inside this site.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Folder">The dataset's folder: an absolute path.</param>
/// <param name="Path">The file's path in it.</param>
/// <param name="Name">The hash of its bytes, or, when <paramref name="IsHashed"/> is false, what names this version of it.</param>
/// <param name="Stamp">What the file system said of it.</param>
/// <param name="IsHashed">Whether its bytes were read and have this hash.</param>
/// <param name="Gone">When it was seen to have changed or vanished (ms since 1970); null while it is there.</param>
public sealed record FolderFile(
    long Key, DatasetId Dataset, string Folder, DatasetPath Path, BlobHash Name, FileStamp Stamp, bool IsHashed, long? Gone)
{
    /// <summary>Whether other sites hold the bytes of the dataset for this one, so that the file may not be there.</summary>
    public bool IsAway { get; init; }
}
