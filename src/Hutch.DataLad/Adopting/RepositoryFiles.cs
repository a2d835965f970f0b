using Hutch.Disk.Folders;

namespace Hutch.DataLad.Adopting;

/// <summary>The files of a bare repository on the disk.</summary>
internal static class RepositoryFiles
{
    public const string Head = "HEAD";
    public const string Objects = "objects";
    public const string PackFolder = "objects/pack";

    /// <summary>The names in a folder with their types, by name. Names that are not UTF-8 are none of git's.</summary>
    public static IReadOnlyList<(string Name, FileType Type)> List(FolderHandle folder)
    {
        var entries = new List<(FolderEntry Entry, FileType Type)>();
        folder.AddEntriesTo(entries);
        return
        [
            .. entries.Where(static one => one.Entry.IsUtf8).Select(static one => (one.Entry.Name, one.Type))
                .OrderBy(static one => one.Name, StringComparer.Ordinal),
        ];
    }
}
