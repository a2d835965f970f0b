namespace Hutch.Model;

/// <summary>Finds names in a set that only some file systems keep apart. Used before a push, on the names as the disk gives them.</summary>
public static class PathClashes
{
    /// <summary>
    /// Every clash between the given paths, or between directories on the way to them, each pair once, in the order met. The
    /// same name given twice is no clash. Time and memory grow with the number of different files and directories.
    /// </summary>
    public static IReadOnlyList<PathClash> Find(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var clashes = new List<PathClash>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var byForm = new Dictionary<string, string>(StringComparer.Ordinal);
        var byFold = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            foreach (string name in NewNames(path, seen))
            {
                // Only names in one directory are compared: a clash of directories is told once, not again for all they hold.
                int last = name.LastIndexOf('/') + 1;
                string form = name[..last] + Nfc.Normalize(name[last..]);
                string fold = name[..last] + Fold(form[last..]);
                if (!byForm.TryAdd(form, name))
                {
                    clashes.Add(new PathClash(PathClashKind.UnicodeForm, byForm[form], name));
                }
                else if (!byFold.TryAdd(fold, name))
                {
                    clashes.Add(new PathClash(PathClashKind.LetterCase, byFold[fold], name));
                }
            }
        }

        return clashes;
    }

    // The path and those directories above it that were not met yet, shortest first.
    private static Stack<string> NewNames(string path, HashSet<string> seen)
    {
        var names = new Stack<string>();
        while (path.Length > 0 && seen.Add(path))
        {
            names.Push(path);
            path = path[..Math.Max(0, path.LastIndexOf('/'))];
        }

        return names;
    }

    // Upper case first: it unites more letters (final sigma, long s) than lower case alone.
    private static string Fold(string text) => text.ToUpperInvariant().ToLowerInvariant();
}
