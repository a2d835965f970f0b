namespace Hutch.Client.Workspaces;

/// <summary>
/// Keeps entries of a dataset out of a working directory that would take it over, or that its disk cannot hold. <c>.hutch</c> is reserved
/// at any depth, and <c>.git</c> makes git run commands, so it is downloaded only on request. Counts the entries left out.
/// </summary>
internal sealed class PathFilter(Workspace workspace)
{
    private const string Git = ".git";

    private const int MaxShown = 3;
    private const int MaxListed = 20;
    internal const string UnheldName = "this disk cannot hold the name";

    private readonly List<string> _standIns = [];
    private readonly List<LeftOutPath> _leftOut = [];
    private bool _forgets;
    private int _written;
    private int _own;
    private int _git;

    /// <summary>Paths that were left out now because the disk cannot hold them.</summary>
    internal IReadOnlyList<LeftOutPath> LeftOut => _leftOut;

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

            if (workspace.Config.Git == false && IsGit(name))
            {
                _git++;
                return true;
            }
        }

        if (!_forgets && workspace.LeftOut.ContainsKey(path))
        {
            return true;
        }

        if (!IsHeld(workspace, path))
        {
            _leftOut.Add(new LeftOutPath(path, UnheldName));
            return true;
        }

        if (FolderHandle.HasStandIns && path.Split('/').Any(name => FolderHandle.NameOnDisk(name) != name) && _written++ < MaxShown)
        {
            _standIns.Add(Display.Quote(path));
        }

        return false;
    }

    /// <summary>Decides anew on paths that were left out before: all entries of the dataset follow.</summary>
    internal void Forget()
    {
        _forgets = true;
        _leftOut.Clear();
    }

    /// <summary>Returns the paths that were left out before, unless they were decided on anew, and those that were left out now.</summary>
    internal IReadOnlyCollection<LeftOutPath> AllLeftOut() => _forgets ? _leftOut : [.. workspace.LeftOut.Values, .. _leftOut];

    /// <summary>Returns true if a path that was left out has a place on this disk: the directory was moved to another.</summary>
    internal bool HasRoomNow() => !workspace.Names.IgnoresCase && workspace.LeftOut.Keys.Any(path => IsHeld(workspace, path));

    /// <summary>Leaves out a path that clashes with another.</summary>
    internal void LeaveOut(string path, CaseClash clash) => _leftOut.Add(new LeftOutPath(path, Reason(clash)));

    /// <summary>Returns why two paths of a clash cannot both be here: the end of the sentence "It was left out, as …".</summary>
    internal static string Reason(CaseClash clash) =>
        $"this disk takes {Display.Quote(clash.First)} and {Display.Quote(clash.Second)} for one name";

    /// <summary>Returns true if the disk of a working directory can hold every name of a path.</summary>
    internal static bool IsHeld(Workspace workspace, string path) => path.Split('/').All(workspace.Names.Holds);

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

        foreach (LeftOutPath left in _leftOut.Take(MaxListed))
        {
            yield return $"left out, as {left.Reason}: {Display.Quote(left.Path)}";
        }

        if (_leftOut.Count > 0)
        {
            yield return (_leftOut.Count > MaxListed ? $"… and {_leftOut.Count - MaxListed} more. " : "")
                + "The dataset keeps what was left out. Rename it there (`hutch move`), or clone the dataset to another disk.";
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
