namespace Hutch.Client.Workspaces;

/// <summary>
/// Finds entries of a dataset that a disk which ignores case cannot hold together. Two of them would be one file there, and the next push
/// would remove the other. Keeps the names of the folders on the way to the last path.
/// </summary>
/// <param name="ignoresCase">False for a disk that tells them apart: nothing is found then.</param>
internal sealed class CaseClashes(bool ignoresCase)
{
    private readonly List<(string Name, Dictionary<string, string> Below)> _folders = [("", [])];

    /// <summary>Finds all clashes among paths in byte order, each with the path that clashes with an earlier one.</summary>
    internal static IEnumerable<(string Path, CaseClash Clash)> In(IEnumerable<EntryInfo> entries)
    {
        var clashes = new CaseClashes(ignoresCase: true);
        foreach (EntryInfo entry in entries)
        {
            if (clashes.Add(entry.Path) is { } clash)
            {
                yield return (entry.Path, clash);
            }
        }
    }

    /// <summary>Adds the next path in byte order. Returns its clash with an earlier one; null for none.</summary>
    internal CaseClash? Add(string path)
    {
        if (!ignoresCase)
        {
            return null;
        }

        string[] names = path.Split('/');
        int depth = 0;
        while (depth < names.Length && depth + 1 < _folders.Count && _folders[depth + 1].Name == names[depth])
        {
            depth++;
        }

        _folders.RemoveRange(depth + 1, _folders.Count - depth - 1);
        for (; depth < names.Length; depth++)
        {
            string fold = PathClashes.NormalizeCase(names[depth]);
            if (!_folders[depth].Below.TryAdd(fold, names[depth]) && _folders[depth].Below[fold] is var first && first != names[depth])
            {
                string folder = string.Concat(names[..depth].Select(name => name + "/"));
                return new CaseClash(folder + first, folder + names[depth]);
            }

            _folders.Add((names[depth], []));
        }

        return null;
    }
}
