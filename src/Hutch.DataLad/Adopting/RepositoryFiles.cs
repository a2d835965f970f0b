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
        var entries = new List<(string Name, FileType Type)>();
        folder.List((name, type) =>
        {
            FolderEntry entry = FolderHandle.Decode(name);
            if (entry.IsUtf8 && (type ?? folder.Status(entry.Name)?.Type) is { } known)
            {
                entries.Add((entry.Name, known));
            }

            return true;
        });
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }
}
