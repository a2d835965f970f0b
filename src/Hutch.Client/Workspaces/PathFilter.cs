using Hutch.Model;

namespace Hutch.Client.Workspaces;

/// <summary>
/// Which entries of a dataset stay out of a working directory: those that would take it over. What is in <c>.hutch</c> is ours at any
/// depth, and <c>.git</c> makes git run what it says, so that it comes only when it was asked for. Counts what it leaves out.
/// </summary>
internal sealed class PathFilter(WorkspaceConfig config)
{
    private const string Git = ".git";

    private int _own;
    private int _git;

    /// <summary>Whether a path is left out.</summary>
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
        }

        return false;
    }

    /// <summary>Whether a name here is left out of a push, as it was left out of the clone.</summary>
    internal static bool LeavesOutLocal(WorkspaceConfig config, string name) =>
        ReservedNames.IsReserved(name) || (config.Git == false && IsGit(name));

    /// <summary>What was left out, in a sentence each.</summary>
    internal IEnumerable<string> Tell()
    {
        if (_own > 0)
        {
            yield return $"{_own} of the dataset's entries are in '{ReservedNames.Top}', which is Hutch's own: they were left out.";
        }

        if (_git > 0)
        {
            yield return $"{_git} of the dataset's entries are in '{Git}' and were left out, because git runs programs that are named "
                + "there: `hutch clone --git` brings them.";
        }
    }

    private static bool IsGit(ReadOnlySpan<char> name) => name.Equals(Git, StringComparison.OrdinalIgnoreCase);
}
