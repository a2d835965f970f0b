using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Pull;

/// <summary>
/// The undecided conflicts of earlier pulls. A later pull brings them up to date: a conflict ends when the server's new version needs no
/// decision, so that <c>resolve --theirs</c> never takes a version that the server has replaced since.
/// </summary>
internal sealed class PendingConflicts(Workspace workspace)
{
    private readonly IReadOnlyList<PullConflict> _earlier = workspace.Conflicts;

    /// <summary>
    /// Returns the status of the server's version at the path of a file that was removed here; an impossible status once a user edited
    /// it; null if no such conflict is undecided.
    /// </summary>
    public FileStatus? StatusInPlace(string path, WorkspaceWriter look, CancellationToken cancellationToken)
    {
        if (_earlier.LastOrDefault(conflict => conflict.Path == path && conflict.Theirs == path) is not { } conflict)
        {
            return null;
        }

        FileStatus? status = look.Status(path);
        using var reader = new StableReader(workspace.Root);
        return IsEdited(conflict, reader, cancellationToken) ? default(FileStatus) : status;
    }

    /// <summary>Returns the conflicts after a pull, and removes the copies of those that ended, unless a user edited them.</summary>
    /// <param name="changed">The paths that the pull merged.</param>
    /// <param name="found">The conflicts of the pull.</param>
    public IReadOnlyList<PullConflict> After(
        HashSet<string> changed, IReadOnlyCollection<PullConflict> found, WorkspaceWriter writer, CancellationToken cancellationToken)
    {
        HashSet<string> undecided = found.Select(static conflict => conflict.Path).ToHashSet(StringComparer.Ordinal);
        using var reader = new StableReader(workspace.Root);
        var all = new List<PullConflict>();
        foreach (PullConflict conflict in _earlier)
        {
            bool isInPlace = conflict.Theirs == conflict.Path;
            bool isUndecided = undecided.Contains(conflict.Path);
            if (!changed.Contains(conflict.Path) || (isUndecided && !isInPlace && conflict.Theirs is not null))
            {
                all.Add(conflict);
            }
            else if (isUndecided || conflict.Theirs is not { } theirs)
            {
                // The newer conflict is the whole of it.
            }
            else if (!IsEdited(conflict, reader, cancellationToken))
            {
                writer.Remove(theirs);
            }
            else
            {
                all.Add(isInPlace ? new PullConflict(conflict.Path, null) : conflict);
            }
        }

        return [.. all, .. found];
    }

    /// <summary>Returns true if a user may have merged in the server's copy instead of the local file.</summary>
    public static bool IsEdited(PullConflict conflict, StableReader reader, CancellationToken cancellationToken)
    {
        if (conflict is not { Theirs: { } theirs, Hash: { } hash })
        {
            return false;
        }

        var item = new LocalItem(theirs, theirs, LocalKind.File, default);
        ReadOutcome outcome = reader.Hash(item, NoProgress.Instance, out BlobHash now, out _, cancellationToken);
        return outcome == ReadOutcome.Changing || (outcome == ReadOutcome.Whole && now != hash);
    }
}
