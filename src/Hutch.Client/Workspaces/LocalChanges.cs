namespace Hutch.Client.Workspaces;

/// <summary>
/// The differences between a working directory and its base, in byte order of the paths. Found in two passes: a scan sets aside the files
/// that may differ, and then reads them in portions. Neither holds more than <see cref="Workspace.Held"/> items in memory.
/// </summary>
internal sealed class LocalChanges : IDisposable
{
    private const string GitFolder = ".git/";

    private const string NewRepository =
        "The folder .git is a part of the dataset, too. To leave git's files out, write the line /.git/ into .hutchignore.";

    private readonly Workspace _workspace;
    private readonly Spool<TrackedFile> _open;
    private readonly Spool<TrackedFile> _changes;
    private readonly List<string> _unstable = [];
    private readonly List<string> _inUse = [];
    private readonly List<UnstorableItem> _unheld = [];
    private List<CaseClash>? _clashing;

    private LocalChanges(Workspace workspace)
    {
        _workspace = workspace;
        _open = SpoolFormat.Files(workspace.Temporary, workspace.Held);
        _changes = SpoolFormat.Files(workspace.Temporary, workspace.Held);
    }

    /// <summary>Files, links and empty folders that are here.</summary>
    internal int Entries { get; private set; }

    internal int Placeholders { get; private set; }

    /// <summary>Files that are not surely the same as in the base.</summary>
    internal int Files { get; private set; }

    internal long Bytes { get; private set; }

    /// <summary>Sentences about names that a person should read.</summary>
    internal IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>Paths that no dataset can hold, and those of the dataset that this disk cannot hold.</summary>
    internal IReadOnlyList<UnstorableItem> Unstorable { get; private set; } = [];

    /// <summary>The number of paths left out because of a pattern; a folder counts once.</summary>
    internal int Ignored { get; private set; }

    /// <summary>A <c>.hutchignore</c> that is a placeholder, its patterns not known; null when none is.</summary>
    internal string? MissingPatterns { get; private set; }

    /// <summary>Files that were still changing when we gave up, or that another program locks.</summary>
    internal IReadOnlyList<string> Unstable => _unstable;

    /// <summary>Those of <see cref="Unstable"/> that another program locks.</summary>
    internal IReadOnlyList<string> InUse => _inUse;

    internal int Added { get; private set; }

    internal int Changed { get; private set; }

    internal int Removed { get; private set; }

    internal int Count => _changes.Count;

    /// <summary>Those that only the base must learn, as the dataset has them.</summary>
    internal int There { get; private set; }

    /// <param name="takes">Chooses what is set aside, of a folder that grows; null for all that may differ.</param>
    internal static LocalChanges Scan(
        Workspace workspace, Action<EntryInfo> inBase, Func<TrackedFile, bool>? takes, CancellationToken cancellationToken)
    {
        var changes = new LocalChanges(workspace);
        try
        {
            LocalScan scan = workspace.Scan(isTolerant: takes is not null);
            (bool addsGit, bool hasGit) = (false, false);
            foreach (TrackedFile file in LocalTree.Walk(workspace, scan, cancellationToken))
            {
                if (file.Before is { } before)
                {
                    inBase(before);
                }

                bool isOfGit = file.Item.Path.StartsWith(GitFolder, StringComparison.Ordinal);
                addsGit |= isOfGit && file.Before is null;
                hasGit |= isOfGit && file.Before is not null;
                changes.SetAside(file, takes);
            }

            changes.Warnings = addsGit && !hasGit ? [.. scan.Warnings, NewRepository] : scan.Warnings;
            changes.Unstorable = scan.Unstorable;
            (changes.Ignored, changes.MissingPatterns) = (scan.Ignored, scan.MissingPatterns);
            return changes;
        }
        catch
        {
            changes.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Decides on the files that were set aside, after <paramref name="read"/> has found the missing hashes, or that a file is gone or
    /// keeps changing.
    /// </summary>
    internal async Task ClassifyAsync(Func<IReadOnlyList<TrackedFile>, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        foreach (TrackedFile[] portion in _open.Read().Chunk(_workspace.Held))
        {
            LocalTree.FindOrigins(_workspace.Base, portion);
            await read(portion, cancellationToken);
            foreach (TrackedFile file in portion)
            {
                Classify(file);
            }
        }

        Unstorable = [.. Unstorable, .. _unheld];
    }

    /// <summary>The files that differ, as often as needed.</summary>
    internal IEnumerable<TrackedFile> Read() => _changes.Read();

    public void Dispose()
    {
        _open.Dispose();
        _changes.Dispose();
    }

    private void SetAside(TrackedFile file, Func<TrackedFile, bool>? takes)
    {
        Entries += file.Gone || file.Item.Kind == LocalKind.Unstorable ? 0 : 1;
        Placeholders += file.Item.Kind == LocalKind.Placeholder ? 1 : 0;
        if (takes is null ? file.IsUnread || file.IsMoved || file.Differs : takes(file))
        {
            _open.Add(file);
            Files += file.IsFile ? 1 : 0;
            Bytes += file.IsFile ? file.Item.Status.Size : 0;
        }
    }

    // A working directory that was copied from another disk has a base with more than this one can hold.
    private List<CaseClash> Clashing => _clashing ??= _workspace.Names.IgnoresCase
        ? [.. CaseClashes.In(_workspace.Base.Read()).Select(static found => found.Clash).Distinct()]
        : [];

    private string? WhyUnheld(TrackedFile file)
    {
        string path = file.Item.Path;
        if (file.Before is null)
        {
            return null;
        }

        if (file.Gone && !PathFilter.IsHeld(_workspace, path))
        {
            return PathFilter.UnheldName;
        }

        if (file is { Gone: true, Before.Kind: EntryKinds.Link } && _workspace.LosesLinks)
        {
            return "this disk has no links";
        }

        if (Clashing.Find(clash => PathSelection.IsAtOrBelow(path, clash.First) || PathSelection.IsAtOrBelow(path, clash.Second))
            is { } clash)
        {
            return PathFilter.Reason(clash);
        }

        return null;
    }

    private void Classify(TrackedFile file)
    {
        if (file.Differs && WhyUnheld(file) is { } reason)
        {
            _unheld.Add(new UnstorableItem(file.Item.LocalPath, $"The dataset keeps it: {reason}."));
        }
        else if (file.Unstable)
        {
            _unstable.Add(file.Item.LocalPath);
            if (file.InUse)
            {
                _inUse.Add(file.Item.LocalPath);
            }
        }
        else if (file.Differs)
        {
            _changes.Add(file);
            There += file.IsThere ? 1 : 0;
            Added += file.Before is null && !file.IsThere ? 1 : 0;
            Removed += file.Gone ? 1 : 0;
            Changed += file.Before is null || file.Gone || file.IsThere ? 0 : 1;
        }
    }
}
