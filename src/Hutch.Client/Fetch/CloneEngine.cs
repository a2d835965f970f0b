using System.Text.Json.Serialization;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Model.Ignoring;

namespace Hutch.Client.Fetch;

/// <summary>Makes a working directory or a folder of plain files from a snapshot. A further run with the folder resumes it.</summary>
public sealed class CloneEngine(HutchClient client, ITransferProgress progress, TimeProvider time)
{
    // The messages say what to do.
    private static readonly ErrorCode Taken = ErrorCode.AlreadyExists with { Advice = "" };

    private long _entries;
    private long _bytes;
    private long _existing;
    private bool _resuming;
    private IReadOnlyList<string> _leftOut = [];

    /// <summary>Clones a version of a dataset into a new working directory, or stages it in a folder.</summary>
    /// <param name="at">Snapshot: number, tag or hash prefix; null for the head, which is fixed first.</param>
    /// <param name="folder">
    /// The folder: new, empty, or that of a clone that was interrupted. For plain files, any that has nothing else at their paths.
    /// </param>
    /// <param name="cancellationToken">Stops it; nothing that arrived is lost.</param>
    public async Task<CloneOutcome> RunAsync(
        DatasetInfo dataset, string? at, string folder, CloneOptions options, CancellationToken cancellationToken)
    {
        using Workspace? interrupted = OpenInterrupted(dataset, folder);
        string? begun = interrupted?.Config.Cloning is > 0 and { } number ? number.ToString(CultureInfo.InvariantCulture) : null;
        string? version = options.IsPlain ? at ?? begun : begun ?? at;
        using FixedListing<EntryInfo> listing = await client.ListFilesAsync(dataset.Id, version, ct: cancellationToken);
        using Workspace? fresh = interrupted is null ? Make(dataset, folder, options, listing.Snapshot) : null;
        Workspace workspace = interrupted ?? fresh!;
        workspace.Lock();
        _resuming = interrupted is not null || options.IsPlain;
        Downloader downloader = await FetchAsync(workspace, listing, dataset, options, cancellationToken);
        if (options.IsPlain)
        {
            workspace.DeleteControlFolder();
        }
        else
        {
            workspace.SetConfig(workspace.Config with { Cloning = null });
        }

        return new CloneOutcome(workspace.Path, listing.Snapshot, _entries, _bytes, _existing)
        {
            Missing = downloader.Missing,
            MadeRoom = downloader.ExpiredEarly,
            LeftOut = _leftOut,
        };
    }

    private Workspace? OpenInterrupted(DatasetInfo dataset, string folder)
    {
        Workspace? workspace = Workspace.TryOpen(folder, time);
        if (workspace is null || (workspace.Config.Dataset == dataset.Id && workspace.Config.Cloning is not null))
        {
            return workspace;
        }

        workspace.Dispose();
        throw Taken.With(
            $"{Display.Quote(folder)} is already a working directory. Run `hutch pull` in it to update it; for another copy, "
            + "choose another folder.").ToException();
    }

    private Workspace Make(DatasetInfo dataset, string folder, CloneOptions options, long? snapshot)
    {
        if (SmallFile.FileExists(folder))
        {
            throw Taken.With($"{Display.Quote(folder)} is a file; choose a new or empty folder.").ToException();
        }

        SmallFile.MakeFolder(folder);
        using (FolderHandle handle = FolderHandle.Open(folder))
        {
            if (!options.IsPlain && !handle.List(static (_, _) => false))
            {
                throw Taken.With(
                    $"{Display.Quote(folder)} is not empty; choose a new or empty folder.").ToException();
            }
        }

        return Workspace.Create(folder, WorkspaceConfig.For(client, dataset) with
        {
            Cache = options.Cache is { } cache ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(cache)) : null,
            Lazy = options.Lazy,
            Git = options.Git ? null : false,
            Closed = dataset.State == DatasetStates.Closed ? true : null,
            Cloning = snapshot ?? 0,
        }, time);
    }

    /// <summary>Downloads everything available; returns the downloader, which knows the missing files.</summary>
    private async Task<Downloader> FetchAsync(
        Workspace workspace, FixedListing<EntryInfo> listing, DatasetInfo dataset, CloneOptions options,
        CancellationToken cancellationToken)
    {
        using JsonLinesWriter<EntryInfo> written = workspace.BeginBase(listing.Snapshot);
        using BlobCache? cache = BlobCache.OpenOf(workspace);
        string snapshot = (listing.Snapshot ?? 0).ToString(CultureInfo.InvariantCulture);
        var downloader = new Downloader(client, workspace, snapshot, cache, progress)
        {
            MissingBytesPolicy = options.IsPlain ? MissingBytesPolicy.LeaveOut : MissingBytesPolicy.LeavePlaceholder,
        };
        var include = new IncludeFilter(options.Include);
        (long files, long bytes) = await TotalsAsync(listing.Snapshot, dataset, cancellationToken);
        progress.Start(
            options.Lazy ? "Listing" : options.IsPlain ? "Staging" : "Cloning",
            include.IsEverything ? files : null,
            include.IsEverything && !options.Lazy ? bytes : null);
        try
        {
            await downloader.RunAsync(
                ListAsync(workspace, listing, include, options.IsPlain, written, cancellationToken), cancellationToken);
        }
        finally
        {
            workspace.SaveIndex();
        }

        workspace.EndBase(written);
        return downloader;
    }

    // An earlier version than the newest has other totals.
    private async Task<(long Files, long Bytes)> TotalsAsync(long? snapshot, DatasetInfo dataset, CancellationToken cancellationToken)
    {
        if (snapshot is not { } number || number == dataset.Snapshots)
        {
            return (dataset.Files, dataset.Bytes);
        }

        try
        {
            SnapshotInfo earlier = await client.GetSnapshotAsync(
                dataset.Id, number.ToString(CultureInfo.InvariantCulture), cancellationToken);
            return (earlier.Files, earlier.Bytes);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NarrowedKey)
        {
            // The key opens a folder, and gets no totals of the dataset.
            return (dataset.Files, dataset.Bytes);
        }
    }

    /// <summary>Writes every entry into the base, and yields those that are not here yet. Placeholders need no download.</summary>
    private async IAsyncEnumerable<DownloadItem> ListAsync(
        Workspace workspace,
        FixedListing<EntryInfo> listing,
        IncludeFilter include,
        bool isPlain,
        JsonLinesWriter<EntryInfo> written,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var writer = new WorkspaceWriter(workspace);
        using var reader = new StableReader(workspace.Root);
        using IndexReader index = workspace.Index.Read();
        var filter = new PathFilter(workspace);
        filter.Forget();
        var clashes = new CaseClashes(workspace.Names.IgnoresCase);
        await foreach (EntryInfo entry in listing.Lines.WithCancellation(cancellationToken))
        {
            if (filter.LeavesOut(entry.Path))
            {
                progress.Add(1, 0);
                continue;
            }

            if (!include.Wants(entry.Path, isFolder: entry.Kind == EntryKinds.Directory))
            {
                continue;
            }

            if (clashes.Add(SafePath.Check(entry).Path) is { } clash)
            {
                filter.LeaveOut(entry.Path, clash);
                progress.Add(1, 0);
                continue;
            }

            written.Add(entry);
            _entries++;
            _bytes += entry.Size ?? 0;
            if (_resuming && IsPresent(workspace, writer, reader, index, entry, isPlain, cancellationToken))
            {
                _existing++;
                progress.Add(1, entry.Size ?? 0);
            }
            else if (workspace.Config.Lazy && entry.Kind == EntryKinds.File && !IgnoreList.IsOne(entry.Path))
            {
                writer.PlaceLink(entry.Path, ContentLink.PlaceholderTarget(entry.Path, entry.Hash!.Value), modified: null);
                progress.Add(1, 0);
            }
            else
            {
                yield return DownloadItem.From(entry);
            }
        }

        _leftOut = [.. filter.LeftOut.Select(static left => left.Path)];
        workspace.SetLeftOut(filter.AllLeftOut());
        foreach (string sentence in filter.Report())
        {
            progress.Report(sentence);
        }
    }

    /// <summary>Returns true if an interrupted clone already fetched an entry. Throws if a file of other origin is at its path.</summary>
    private static bool IsPresent(
        Workspace workspace,
        WorkspaceWriter writer,
        StableReader reader,
        IndexReader index,
        EntryInfo entry,
        bool isPlain,
        CancellationToken cancellationToken)
    {
        if (writer.Status(entry.Path) is not { } status)
        {
            return false;
        }

        bool same = (entry.Kind, status.Type) switch
        {
            (EntryKinds.Directory, FileType.Folder) => true,
            (EntryKinds.Link, FileType.SymbolicLink) => writer.LinkTarget(entry.Path) == entry.Target,
            (EntryKinds.File, FileType.SymbolicLink) => !isPlain, // a placeholder, or a link into the cache
            (EntryKinds.File, FileType.File) => HasHash(workspace, reader, index, entry, status, cancellationToken),
            _ => false,
        };
        return same ? true : throw Taken.With(
            $"{Display.Quote(entry.Path)} already exists here and differs from the dataset; "
            + $"move it away and {(isPlain ? "stage" : "clone")} again to resume.").ToException();
    }

    private static bool HasHash(
        Workspace workspace,
        StableReader reader,
        IndexReader index,
        EntryInfo entry,
        in FileStatus status,
        CancellationToken cancellationToken)
    {
        if (index.Find(entry.Path, status) is { H: { } known })
        {
            return known == entry.Hash;
        }

        var item = new LocalItem(entry.Path, entry.Path, LocalKind.File, status);
        if (reader.Hash(item, NoProgress.Instance, out BlobHash hash, out FileStatus read, cancellationToken) != ReadOutcome.Whole
            || hash != entry.Hash)
        {
            return false;
        }

        workspace.Index.Set(entry.Path, read, hash);
        return true;
    }
}

public sealed record CloneOptions
{
    /// <summary>Leave placeholders, which <c>hutch get</c> fills.</summary>
    public bool Lazy { get; init; }

    /// <summary>Patterns of the entries to bring; none for all of them.</summary>
    public IReadOnlyCollection<string> Include { get; init; } = [];

    /// <summary>
    /// Leaves plain files: no file of Hutch's own stays in the folder after the last download, and existing files are compared.
    /// </summary>
    public bool IsPlain { get; init; }

    /// <summary>Bring the dataset's <c>.git</c>, too.</summary>
    public bool Git { get; init; }

    /// <summary>Folder of the shared cache, if one is used.</summary>
    public string? Cache { get; init; }
}

/// <param name="Snapshot">Number of the snapshot; null for a dataset that has none.</param>
/// <param name="Kept">Entries that an interrupted clone had brought already.</param>
public sealed record CloneOutcome(string Folder, long? Snapshot, long Entries, long Bytes, long Kept)
{
    /// <summary>Paths of files without an intact copy on the server; they are placeholders.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Those of them that were temporary and made room for newer data.</summary>
    public IReadOnlyList<string> MadeRoom { get; init; } = [];

    /// <summary>Paths that were left out because the disk cannot hold them.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The snapshot as text; null for none.</summary>
    [JsonIgnore]
    public string? Version => Snapshot?.ToString(CultureInfo.InvariantCulture);

    /// <summary>The datasets inside it, which are cloned by themselves; of all levels if they were cloned with it.</summary>
    public IReadOnlyList<NestedDataset> Nested { get; init; } = [];
}

/// <summary>A dataset inside a cloned one.</summary>
/// <param name="Path">Its path in the outermost dataset.</param>
/// <param name="Dataset">Its id; null where the list of subdatasets has none.</param>
/// <param name="Folder">The folder with its files; empty for commands that use none.</param>
/// <param name="IsHere">True if it is cloned there.</param>
public sealed record NestedDataset(string Path, DatasetId? Dataset, string Folder, bool IsHere = false)
{
    /// <summary>The git commit that the version around it names; null if that is not known.</summary>
    public string? Commit { get; init; }

    /// <summary>The snapshot of that commit; null for the newest, or if there is none at the server.</summary>
    public long? Snapshot { get; init; }
}
