namespace Hutch.Site.Write.Folders;

/// <summary>A file in a facility's folder whose bytes were not read yet, with all that is known of it.</summary>
/// <param name="Stamp">Its times and size from the file system.</param>
/// <param name="IsExecutable">True if its owner may execute it.</param>
/// <param name="ContentType">Its media type; null if unknown.</param>
public readonly record struct UnhashedFile(DatasetPath Path, FileStamp Stamp, bool IsExecutable, string? ContentType)
{
    /// <summary>Returns the entry, the same at every site. The version's name follows from the facts, so no site can choose it.</summary>
    public Entry ToEntry(DatasetId dataset)
    {
        FolderChange seen = FolderChange.File(Path, Stamp, IsExecutable, ContentType);
        return seen.Entry! with { Hash = seen.NameIn(dataset), IsPending = true };
    }
}
