using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Fetch;

/// <summary>
/// Compares every byte of a working directory with what the server says of the snapshot that it is based on. Believes neither the index nor
/// the base, and changes nothing.
/// </summary>
public sealed class LocalVerifyEngine(HutchClient client, Workspace workspace, ITransferProgress progress)
{
    public async Task<LocalVerifyOutcome> RunAsync(CancellationToken cancellationToken)
    {
        workspace.Lock();
        workspace.RefuseUnlessComplete();
        using Spool<TrackedFile> read = await ReadAsync(cancellationToken);
        workspace.SaveIndex();

        var outcome = new LocalVerifyOutcome { Snapshot = workspace.BaseSnapshot };
        using var here = new SortedCursor<TrackedFile>(read.Read().Where(f => !f.Gone), f => f.Item.Path);
        if (workspace.BaseSnapshot is { } snapshot)
        {
            using BlobCache? cache = BlobCache.OpenOf(workspace);
            using FixedListing<EntryInfo> listing = await client.ListFilesAsync(
                workspace.Config.Dataset, snapshot.ToString(CultureInfo.InvariantCulture), ct: cancellationToken);
            var filter = new PathFilter(workspace);
            await foreach (EntryInfo entry in listing.Lines.WithCancellation(cancellationToken))
            {
                if (!filter.LeavesOut(entry.Path))
                {
                    outcome.Added.AddRange(here.Before(entry.Path).Select(f => f.Item.LocalPath));
                    Compare(outcome, entry, here.At(entry.Path), cache, cancellationToken);
                }
            }
        }

        outcome.Added.AddRange(here.Rest().Select(f => f.Item.LocalPath));
        return outcome;
    }

    /// <summary>Everything that is here, in byte order of the paths, with the hashes of all files.</summary>
    private async Task<Spool<TrackedFile>> ReadAsync(CancellationToken cancellationToken)
    {
        using Spool<TrackedFile> found = SpoolFormat.Files(workspace.Temporary, workspace.Held);
        (long files, long bytes) = (0, 0);
        foreach (LocalItem item in workspace.Scan().Run(cancellationToken))
        {
            var file = new TrackedFile(item, before: null);
            found.Add(file);
            files += file.IsFile ? 1 : 0;
            bytes += file.IsFile ? item.Status.Size : 0;
        }

        progress.Start("Reading", files, bytes);
        Spool<TrackedFile> read = SpoolFormat.Files(workspace.Temporary, workspace.Held);
        try
        {
            foreach (TrackedFile[] portion in found.Read().Chunk(workspace.Held))
            {
                await HashEngine.RunAsync(workspace, portion, progress, cancellationToken);
                Array.ForEach(portion, read.Add);
            }

            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    private void Compare(
        LocalVerifyOutcome outcome, EntryInfo entry, TrackedFile? file, BlobCache? cache, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            outcome.Missing.Add(entry.Path);
        }
        else if (file.Item.Kind == LocalKind.Placeholder && file.Item.Hash == entry.Hash)
        {
            outcome.Placeholders++;
        }
        else if (IsSame(entry, file, cache, cancellationToken))
        {
            outcome.Same++;
            outcome.Bytes += entry.Size ?? 0;
        }
        else
        {
            outcome.Different.Add(entry.Path);
        }
    }

    private bool IsSame(EntryInfo entry, TrackedFile file, BlobCache? cache, CancellationToken cancellationToken) =>
        (entry.Kind, file.Item.Kind) switch
        {
            (EntryKinds.File, LocalKind.File) => file.Hash == entry.Hash
                && (file.Item.Status.Executable == (entry.Executable ?? false) || !workspace.KeepsModes),
            (EntryKinds.File, LocalKind.Cached) =>
                file.Item.Hash == entry.Hash && cache?.IsWhole(file.Item.Hash, cancellationToken) == true,
            (EntryKinds.Link, LocalKind.Link) => file.Item.Target == entry.Target,
            (EntryKinds.Directory, LocalKind.EmptyFolder) => true,
            _ => false,
        };
}

/// <summary>The comparison of a working directory with its snapshot on the server.</summary>
public sealed record LocalVerifyOutcome
{
    /// <summary>Number of the snapshot; null before the first push.</summary>
    public long? Snapshot { get; init; }

    public long Same { get; set; }

    public long Bytes { get; set; }

    /// <summary>Files whose bytes are not here.</summary>
    public long Placeholders { get; set; }

    /// <summary>Paths that are something else here.</summary>
    public List<string> Different { get; } = [];

    /// <summary>Paths that are not here.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>Paths that are only here.</summary>
    public List<string> Added { get; } = [];

    /// <summary>True if all local files of the snapshot match it.</summary>
    public bool Ok => Different.Count + Missing.Count == 0;
}
