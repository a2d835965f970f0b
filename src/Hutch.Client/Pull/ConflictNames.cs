using Hutch.Client.Workspaces;

namespace Hutch.Client.Pull;

/// <summary>Finds names next to local files for the server's versions: <c>NAME.theirs</c>.</summary>
internal sealed class ConflictNames(WorkspaceWriter look)
{
    private const string Suffix = ".theirs";

    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns the path of the server's entry if the local one stays: next to it. If a local file is in the place of a folder of the
    /// server, the whole folder goes next to the file.
    /// </summary>
    internal string Beside(string path)
    {
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            string folder = path[..slash];
            if (look.Status(folder) is { Type: not FileType.Folder })
            {
                return Free(folder) + path[slash..];
            }
        }

        return Free(path);
    }

    /// <summary>
    /// Returns true if a file or link is in the place of a folder of the server on the way to a path, or a non-empty folder at the path.
    /// </summary>
    internal bool IsBlocked(string path)
    {
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (look.Status(path[..slash]) is { Type: not FileType.Folder })
            {
                return true;
            }
        }

        return look.Status(path) is { Type: FileType.Folder };
    }

    private string Free(string path)
    {
        if (_given.TryGetValue(path, out string? known))
        {
            return known;
        }

        string name = path + Suffix;
        for (int i = 2; look.Status(name) is not null; i++)
        {
            name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}{Suffix}.{i}");
        }

        _given.Add(path, name);
        return name;
    }
}
