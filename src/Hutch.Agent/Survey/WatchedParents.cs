using Hutch.Agent.Rules;

namespace Hutch.Agent.Survey;

internal static class WatchedParents
{
    /// <summary>The parents that are there now. Links are followed where the pattern names them, not where it only matches them.</summary>
    public static IReadOnlyList<string> Find(FolderPattern pattern)
    {
        List<string> paths = ["/"];
        for (int level = 0; level < pattern.Names.Count && paths.Count > 0; level++)
        {
            paths = [.. paths.SelectMany(path => Below(path, pattern, level))];
        }

        return paths;
    }

    public static bool IsReadable(string path)
    {
        try
        {
            using FolderHandle folder = FolderHandle.Open(path);
            folder.List(static (_, _) => false);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The names in a folder with their types, by name; none if the folder cannot be read.</summary>
    public static IReadOnlyList<(FolderEntry Entry, FileType Type)> Entries(string path)
    {
        var entries = new List<(FolderEntry Entry, FileType Type)>();
        try
        {
            using FolderHandle folder = FolderHandle.Open(path);
            folder.AddEntriesTo(entries);
        }
        catch (IOException)
        {
            // Gone, no folder, or not ours to read: nothing is to be found there.
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Entry.Name, b.Entry.Name));
        return entries;
    }

    private static IEnumerable<string> Below(string path, FolderPattern pattern, int level)
    {
        if (!NamePattern.IsPattern(pattern.Names[level]))
        {
            string plain = Path.Combine(path, pattern.Names[level]);
            return SmallFile.FolderExists(plain) ? [plain] : [];
        }

        return Entries(path)
            .Where(found => found.Type == FileType.Folder && found.Entry.IsUtf8 && pattern.Matches(level, found.Entry.Name))
            .Select(found => Path.Combine(path, found.Entry.Name));
    }
}
