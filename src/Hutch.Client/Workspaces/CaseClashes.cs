namespace Hutch.Client.Workspaces;

/// <summary>
/// Finds entries of a dataset that a disk which ignores case cannot hold together. Two of them would be one file there, and the next push
/// would remove the other. Keeps the names of the folders on the way to the last path.
/// </summary>
/// <param name="ignoresCase">False for a disk that tells them apart: nothing is found then.</param>
internal sealed class CaseClashes(bool ignoresCase)
{
    private const int MaxListed = 20;

    private readonly List<(string Name, Dictionary<string, string> Below)> _folders = [("", [])];
    private readonly List<string> _found = [];
    private int _count;

    /// <summary>Adds the next path in byte order. Returns true if it clashes with an earlier one.</summary>
    internal bool Add(string path)
    {
        if (!ignoresCase)
        {
            return false;
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
            if (!_folders[depth].Below.TryAdd(fold, names[depth]) && _folders[depth].Below[fold] != names[depth])
            {
                Report(string.Join('/', names[..depth]), _folders[depth].Below[fold], names[depth]);
                return true;
            }

            _folders.Add((names[depth], []));
        }

        return false;
    }

    /// <summary>Throws, with a list, if any path clashed.</summary>
    /// <param name="dataset">The dataset's name, for the advice.</param>
    internal void ThrowIfAny(string? dataset)
    {
        if (_count == 0)
        {
            return;
        }

        string more = _count > _found.Count ? $"\n… and {_count - _found.Count} more." : "";
        throw (ErrorCode.InvalidPath with { Advice = $"Rename one of each: `hutch move {dataset ?? "DATASET"} NAME NEW-NAME`." }).With(
            "The dataset has names that differ only in case, and this disk cannot keep them apart:\n" + string.Join('\n', _found) + more)
            .ToException();
    }

    private void Report(string folder, string first, string second)
    {
        string prefix = folder.Length == 0 ? "" : folder + "/";
        if (_count++ < MaxListed)
        {
            _found.Add($"{Display.Quote(prefix + first)} and {Display.Quote(prefix + second)}");
        }
    }
}
