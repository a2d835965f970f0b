namespace Hutch.Client.Workspaces;

/// <summary>
/// Keeps entries of a dataset out of a working directory that would take it over, or that no disk of this system can hold. <c>.hutch</c>
/// is reserved at any depth, and <c>.git</c> makes git run commands, so it is downloaded only on request. Counts the entries left out.
/// </summary>
internal sealed class PathFilter(WorkspaceConfig config)
{
    private const string Git = ".git";

    private const int MaxShown = 3;

    /// <summary>The most bytes of a name on the disks of Linux and macOS, and the most characters on those of Windows.</summary>
    private const int MaxNameLength = 255;

    private readonly List<string> _standIns = [];
    private readonly List<string> _tooLong = [];
    private int _written;
    private int _own;
    private int _git;

    /// <summary>Paths that were left out because a name in them is too long for a disk.</summary>
    internal IReadOnlyList<string> TooLong => _tooLong;

    internal bool LeavesOut(string path)
    {
        foreach (Range part in path.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> name = path.AsSpan()[part];
            if (ReservedNames.IsReserved(name))
            {
                _own++;
                return true;
            }

            if (config.Git == false && IsGit(name))
            {
                _git++;
                return true;
            }

            if ((OperatingSystem.IsWindows() ? name.Length : Encoding.UTF8.GetByteCount(name)) > MaxNameLength)
            {
                _tooLong.Add(path);
                return true;
            }
        }

        if (FolderHandle.HasStandIns && path.Split('/').Any(name => FolderHandle.NameOnDisk(name) != name) && _written++ < MaxShown)
        {
            _standIns.Add(Display.Quote(path));
        }

        return false;
    }

    internal static bool LeavesOutLocal(WorkspaceConfig config, string name) =>
        ReservedNames.IsReserved(name) || (config.Git == false && IsGit(name));

    /// <summary>Describes the entries that were left out or renamed, in a sentence for each kind.</summary>
    internal IEnumerable<string> Report()
    {
        if (_own > 0)
        {
            yield return $"{_own} of the dataset's entries left out: '{ReservedNames.Top}' is for Hutch's own files.";
        }

        if (_git > 0)
        {
            yield return $"{_git} of the dataset's entries left out: git runs programs named in '{Git}'. "
                + "`hutch clone --git` downloads them.";
        }

        foreach (string path in _tooLong)
        {
            yield return $"left out, as names on this disk have at most {MaxNameLength} bytes: {Display.Quote(path)}";
        }

        if (_written > 0)
        {
            yield return (_written == 1 ? "1 path has" : $"{_written} paths have")
                + " stand-ins here for characters that this system forbids; the dataset keeps the names: "
                + $"{string.Join(", ", _standIns)}{(_written > MaxShown ? ", …" : "")}.";
        }
    }

    private static bool IsGit(ReadOnlySpan<char> name) => name.Equals(Git, StringComparison.OrdinalIgnoreCase);
}
