using System.Buffers;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Write.Folders;

/// <summary>
/// Keeps the head of a dataset in line with the folder of its in-place files: registers observed files and their changes. It copies no
/// byte. Its answers are durable and visible.
/// </summary>
/// <remarks>Thread-safe. It looks at no file, and the caller has checked the rights.</remarks>
public sealed class FolderRegistrar(Committer committer, HeadCompactor compactor, BlobIntake intake)
{
    public const int MaxChanges = 10_000;

    /// <summary>Registers the keys of adopted stores.</summary>
    public KeyRegistrar Keys { get; } = new(committer);

    /// <summary>Sets the folder in which the files of a dataset stay: of an empty dataset, or of one whose folder was moved.</summary>
    public Task<Result<SiteDataset>> SetFolderAsync(DatasetId id, FolderLocation location, string by, CancellationToken ct)
    {
        return committer.CommitAsync(
            context => context.Dataset(id).Then(DatasetState.RequirePresent).Then(dataset => location.Give(context, dataset, by)), [], ct);
    }

    /// <summary>Registers observed changes. The same again changes nothing.</summary>
    /// <param name="changes">At most <see cref="MaxChanges"/>, each path once.</param>
    public async Task<Result<int>> RegisterAsync(DatasetId id, IReadOnlyList<FolderChange> changes, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(changes.Count, MaxChanges);
        List<FolderChange> vanished = [.. changes.Where(change => change.Entry is null)];
        List<FolderChange> present = [.. changes.Where(change => change.Entry is not null)];
        Result<int> removed = await CommitAsync(id, vanished, ct);
        if (!removed.IsOk)
        {
            return removed.Error;
        }

        if (removed.Value > 0 && ChangesKind(vanished, present))
        {
            // A file was replaced by a folder, or the reverse: a compaction must first remove the old entry from the tree.
            Result<SiteSnapshot?> folded = await compactor.CompactAsync(id, CompactionRequest.Automatic, ct);
            if (!folded.IsOk)
            {
                return folded.Error;
            }
        }

        Result<int> added = await CommitAsync(id, present, ct);
        return added.Then<int>(count => removed.Value + count);
    }

    /// <param name="file">The file, unchanged before and after its bytes were read.</param>
    /// <param name="hash">SHA-256 of its bytes.</param>
    /// <returns>False when another version of the file was registered in the meantime: nothing was changed.</returns>
    public Task<Result<bool>> SetHashAsync(FolderFile file, BlobHash hash, CancellationToken ct)
    {
        return committer.CommitAsync<bool>(
            context =>
            {
                if (!context.OpenDataset(file.Dataset).TryGet(out SiteDataset? dataset, out HutchError? refusal))
                {
                    return refusal;
                }

                if (context.Queries.Overlay(dataset.Key, file.Path)?.Entry is not { IsPending: true } entry || entry.Hash != file.Name)
                {
                    return false;
                }

                context.Emit(new JournalRecord.FileRegistered(file.Dataset, file.Path, hash, file.Stamp, Hashed: true));
                context.Emit(new JournalRecord.EntryPut(file.Dataset, file.Path, entry with { Hash = hash, IsPending = false }), entry);
                return true;
            },
            [],
            ct);
    }

    /// <summary>
    /// Puts a stored copy at the path of a file that is not served as it is, such as a metadata file without its personal data.
    /// </summary>
    /// <param name="path">The path. The folder's own file there is never registered.</param>
    /// <param name="attributes">Time and media type; hash and size are filled in.</param>
    public async Task<Result<Done>> PutCopyAsync(
        DatasetId id, DatasetPath path, ReadOnlyMemory<byte> bytes, Entry attributes, CancellationToken ct)
    {
        var body = PipeReader.Create(new ReadOnlySequence<byte>(bytes));
        Result<ReceivedBlob> received = await intake.ReceiveAsync(body, bytes.Length, Lane.Main, ct);
        if (!received.TryGet(out ReceivedBlob? blob, out HutchError? refusal))
        {
            return refusal;
        }

        using (blob)
        {
            Entry entry = attributes with { Hash = blob.Hash, Size = blob.Size };
            return await committer.CommitAsync(
                context => context.OpenDataset(id).Then<Done>(dataset =>
                {
                    Entry? before = context.Queries.Overlay(dataset.Key, path)?.Entry;
                    if (!entry.Equals(before))
                    {
                        Put(context, dataset, path, entry, before);
                    }

                    return Done.Value;
                }),
                blob.Members,
                ct);
        }
    }

    private async Task<Result<int>> CommitAsync(DatasetId id, List<FolderChange> changes, CancellationToken ct) => changes.Count == 0
        ? 0
        : await committer.CommitAsync(
            context => context.OpenDataset(id).Then<int>(dataset => changes.Count(change => Record(context, dataset, change))), [], ct);

    private static bool Record(CommitContext context, SiteDataset dataset, FolderChange change)
    {
        Entry? before = context.Queries.Overlay(dataset.Key, change.Path)?.Entry;
        switch (change.Entry)
        {
            case null:
                Lose(context, dataset, change.Path);
                context.Emit(new JournalRecord.EntryRemoved(dataset.Id, change.Path), before);
                return true;
            case { Kind: EntryKind.File } file:
                if (context.Queries.FolderFile(dataset.Key, change.Path)?.Stamp == change.Stamp)
                {
                    return false;
                }

                BlobHash name = change.NameIn(dataset.Id);
                context.Emit(new JournalRecord.FileRegistered(dataset.Id, change.Path, name, change.Stamp, Hashed: false));
                context.Emit(new JournalRecord.EntryPut(dataset.Id, change.Path, file with { Hash = name, IsPending = true }), before);
                return true;
            case { } link:
                if (link.Equals(before))
                {
                    return false;
                }

                Put(context, dataset, change.Path, link, before);
                return true;
        }
    }

    private static void Put(CommitContext context, SiteDataset dataset, DatasetPath path, Entry entry, Entry? before)
    {
        Lose(context, dataset, path);
        context.Emit(new JournalRecord.EntryPut(dataset.Id, path, entry), before);
    }

    private static void Lose(CommitContext context, SiteDataset dataset, DatasetPath path)
    {
        if (context.Queries.FolderFile(dataset.Key, path) is not null)
        {
            context.Emit(new JournalRecord.FileVanished(dataset.Id, path));
        }
    }

    private static bool ChangesKind(List<FolderChange> vanished, List<FolderChange> present)
    {
        HashSet<string> gone = [.. vanished.Select(change => change.Path.Value)];
        HashSet<string> goneFolders = [.. vanished.SelectMany(change => Above(change.Path))];
        return present.Exists(change => goneFolders.Contains(change.Path.Value) || Above(change.Path).Any(gone.Contains));
    }

    private static IEnumerable<string> Above(DatasetPath path)
    {
        for (DatasetPath? above = path.Parent; above is { } folder; above = folder.Parent)
        {
            yield return folder.Value;
        }
    }
}
