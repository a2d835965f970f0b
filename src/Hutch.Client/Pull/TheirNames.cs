using Hutch.Client.Workspaces;
using Hutch.Disk.Folders;

namespace Hutch.Client.Pull;

/// <summary>Finds names beside local files for what the server has at the same path: <c>NAME.theirs</c>.</summary>
internal sealed class TheirNames(WorkspaceWriter look)
{
    private const string Suffix = ".theirs";

    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    /// <summary>
    /// Where the server's entry can go when the local one at its path stays: beside it. When a file stands where the server has a folder,
    /// the whole folder goes beside the file.
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
    /// Whether a file or link stands where the server has a folder on the way to a path, or a folder with something in it at the path.
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
