using System.Buffers;
using Hutch.Model.Histories;
using Hutch.Site.Engines;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Replication.Losses;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Pushes;

namespace Hutch.Site.Replication.Copies;

/// <summary>
/// Takes in a copy of another site's dataset: its pages, its blobs, and, when all of them are here, the one group of records that makes it
/// readable. Bytes that came before a stop are found by their hash when it continues.
/// </summary>
/// <remarks>Thread-safe. The caller decides if this site should have the copy, and on whose word.</remarks>
public sealed class CopyIntake(
    Committer committer, SiteDatabase records, BlobStore blobs, Tree tree, CopySessions sessions, PushSessions pushes,
    ResumableUploads uploads, IStoredFiles files, LifecycleOptions lifecycle)
{
    private readonly PageStore _pages = new(blobs);
    private readonly GitIntake _git = new(records, blobs, tree);

    /// <summary>The size, in bytes, above which blobs go to <see cref="ReceiveLargeAsync"/>, which resumes interrupted uploads.</summary>
    public const long MaxWholeBytes = 8 << 20;

    /// <summary>Returns this site's copy of a dataset; null when it has none, or it has ended.</summary>
    public async ValueTask<CopyOrigin?> FindAsync(DatasetId id, CancellationToken ct) =>
        await records.ReadAsync(queries => queries.Dataset(id), ct) is { Ended: null } here ? here.Copy : null;

    public async ValueTask<bool> IsClosedAsync(DatasetId id, CancellationToken ct) =>
        (await records.ReadAsync(queries => queries.Dataset(id), ct))?.Closed is not null;

    /// <summary>Returns true if a dataset was purged at this site, which then never takes it again.</summary>
    public async ValueTask<bool> HasEndedForGoodAsync(DatasetId id, CancellationToken ct) =>
        await records.ReadAsync(queries => queries.Dataset(id), ct) is { } here && CopyEnds.IsForGood(here);

    /// <summary>Returns true if bytes may be missing that this site evicted while it was the home, which it no longer is.</summary>
    public async ValueTask<bool> IsEvictedAsync(DatasetId id, CancellationToken ct) =>
        await records.ReadAsync(queries => queries.Dataset(id), ct) is { Ended: null, Copy: not null, Eviction: not null };

    /// <summary>Returns this site's own pages, as the home, and the present blobs that they name.</summary>
    public async Task<Result<PriorTransfers>> ReadOwnAsync(DatasetId id, CancellationToken ct)
    {
        List<TreeRoot> trees = await records.ReadConsistentAsync<List<TreeRoot>>(
            queries => queries.Dataset(id) is { } own
                ? [
                    .. queries.Snapshots(own.Key, long.MaxValue, int.MaxValue).Select(static version => version.Root),
                    .. own.Repository is { } repository ? [repository] : Array.Empty<TreeRoot>(),
                ]
                : [],
            ct);
        Result<KeyTree> keys = await _git.ListLocalKeysAsync(id, ct);
        return keys.IsOk ? await PriorTransfers.ReadAsync(tree, trees, keys.Value, ct) : keys.Error;
    }

    public Task<Result<SiteSession>> BeginAsync(DatasetId id, CancellationToken ct) => sessions.StartAsync(id, ct);

    /// <summary>
    /// Returns the refusal if the announced size of a history exceeds the free space or quota here; null otherwise. It is checked before
    /// any byte comes; the received bytes are counted again.
    /// </summary>
    public ValueTask<HutchError?> CheckQuotaAsync(History history, string owner, CancellationToken ct)
    {
        return records.ReadConsistentAsync(
            queries =>
            {
                SiteDataset? before = queries.Dataset(history.Dataset.Id) is { Ended: null } found ? found : null;
                TreeRoot here = before?.Root ?? TreeRoot.Empty;
                TreeRoot there = history.Snapshots is [.., var newest] ? newest.Tree : TreeRoot.Empty;
                long more = Math.Max(there.Bytes, history.Keys?.Root.Bytes ?? 0) + (history.Repository?.Root.Bytes ?? 0)
                    - (before is null ? 0 : queries.UsageOf(before).Bytes);
                long bytes = Math.Max(0, more) + (here.IsEmpty ? history.Pages.Bytes : 0);
                return KeyTrees.FindTooMany(history) ?? QuotaLedger.FindRefusal(queries, owner, more, there.Files - here.Files)
                    ?? (files.HasSpace(bytes) ? null : CheckSpace(bytes - CameBefore(queries, history.Dataset.Id)));
            },
            ct);
    }

    private HutchError? CheckSpace(long bytes) => files.HasSpace(Math.Max(0, bytes)) ? null : ErrorCode.InsufficientStorage.With(
        $"The copy has {Display.Bytes(Math.Max(0, bytes))} that are not here, and the disk of this site has no room for them.");

    /// <summary>
    /// Returns the bytes of an interrupted copy. Some may already count as part of an older state of the dataset: then the copy begins with
    /// too little space, and is interrupted again.
    /// </summary>
    private long CameBefore(SiteQueries queries, DatasetId id) => queries.CopySession(id) is { Id: var session }
        ? queries.SessionBytes(session) + queries.SessionBlobs(session).Sum(hash =>
            queries.LargeBlob(hash)?.Size ?? (blobs.Bytes.TryLocate(MemberKey.Blob(hash), out MemberLocation at) ? at.Length : 0))
        : 0;

    /// <summary>Returns the pages and blobs that the home of a dataset has sent to this site before.</summary>
    public async Task<Result<PriorTransfers>> ReadPriorAsync(History history, BlobHash home, CancellationToken ct)
    {
        List<TreeRoot> trees = await records.ReadConsistentAsync(queries => PriorRoots(queries, history, home), ct);
        Result<KeyTree> keys = await _git.ListLocalKeysAsync(history.Dataset.Id, ct);
        return keys.IsOk ? await PriorTransfers.ReadAsync(tree, trees, keys.Value, ct) : keys.Error;
    }

    /// <inheritdoc cref="CopySessions.FindLackingAsync"/>
    public Task<Result<HashSet<BlobHash>>> FindLackingAsync(
        SiteSession session, IReadOnlyCollection<BlobHash> wanted, Func<BlobHash, bool> wasSent, CancellationToken ct) =>
        sessions.FindLackingAsync(session, wanted, wasSent, ct);

    /// <summary>Stores pages with verified hashes.</summary>
    public Task<Result<Done>> AddPagesAsync(
        SiteSession session, IReadOnlyList<(BlobHash Hash, ReadOnlyMemory<byte> Bytes)> pages, CancellationToken ct)
    {
        return pushes.AddAsync(
            session.Id, [.. pages.Select(static page => page.Hash)],
            [.. pages.Select(static page => StagedMember.Blob(page.Hash, page.Bytes))], [], ct);
    }

    /// <summary>Returns the contents of a stored page; a refusal when it does not match the page that names it.</summary>
    public async Task<Result<PageContents>> ReadPageAsync(TreeRoot page, CancellationToken ct) =>
        PageContents.Read(await _pages.ReadPageAsync(page.Page, ct), page);

    /// <summary>Takes in a stream of blobs. An unexpected blob, or one of another size, ends it.</summary>
    /// <param name="expected">The expected blobs; completed ones are removed.</param>
    /// <param name="ct">Cancels; completed blobs are kept.</param>
    public async Task<Result<Done>> ReceiveAsync(
        SiteSession session, PipeReader body, Dictionary<BlobHash, long> expected, CancellationToken ct)
    {
        Result<BlobReceiver> opened = await pushes.ReceiveAsync(session, ct);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        await using BlobReceiver receiver = opened.Value;
        Result<Done> read = await new TarUpload(
            body, receiver,
            (hash, size) => !expected.Remove(hash, out long wanted)
                ? ErrorCode.BadRequest.With($"The stream has {hash}, which was not asked for.")
                : wanted != size ? ErrorCode.BadRequest.With($"The stream has {size} bytes as {hash}, which has {wanted}.") : null)
            .RunAsync(ct);
        Result<Done> stored = await receiver.CompleteAsync(ct);
        return read.IsOk ? stored : read;
    }

    /// <summary>
    /// Returns the number of present bytes of a large blob. Even all bytes are not yet the blob: it gets its hash once they were verified.
    /// </summary>
    public async Task<Result<UploadState>> ReachedAsync(SiteSession session, BlobHash blob, CancellationToken ct)
    {
        Result<SiteSession> used = await sessions.FindAsync(session, ct);
        return used.IsOk ? await uploads.StateAsync(used.Value, UploadKey.OfHash(blob), ct) : used.Error;
    }

    /// <summary>Takes in the next bytes of a large blob, which may be none; with the last, its hash is verified.</summary>
    /// <returns>The number of present bytes.</returns>
    public Task<Result<UploadState>> ReceiveLargeAsync(
        SiteSession session, NamedBlob blob, long offset, PipeReader body, CancellationToken ct) =>
        uploads.ContinueAsync(session, UploadKey.OfHash(blob.Hash), blob.Size, offset, body, null, ct);

    /// <summary>Completes the copy by the history, all or nothing: all that it names is here, or comes when it is read.</summary>
    /// <param name="check">Checks the git content; null where nothing reads it.</param>
    public Task<Result<SiteDataset>> CompleteAsync(
        SiteSession session, History history, CopyTerms terms, IRepositoryCheck? check, CancellationToken ct) =>
        CompleteAsync(session, history, terms, check, null, ct);

    /// <summary>Does the same for a dataset that is read through, with the files that its home had not hashed just before.</summary>
    /// <param name="unhashed">The files; null leaves the known ones unchanged.</param>
    public Task<Result<SiteDataset>> ReadAsync(
        SiteSession session, History history, CopyTerms terms, IReadOnlyList<PathEntry>? unhashed, CancellationToken ct) =>
        CompleteAsync(session, history, terms, null, unhashed, ct);

    /// <summary>Notes the files that the home of a read-through dataset has not hashed, while its history is the same.</summary>
    public Task<Result<Done>> NoteUnhashedAsync(DatasetId id, IReadOnlyList<PathEntry> unhashed, CancellationToken ct) =>
        committer.CommitAsync(
            context => context.Dataset(id).Then<Done>(dataset =>
            {
                NoteUnhashed(context, dataset, unhashed);
                return Done.Value;
            }),
            [],
            ct);

    private async Task<Result<SiteDataset>> CompleteAsync(
        SiteSession session, History history, CopyTerms terms, IRepositoryCheck? check, IReadOnlyList<PathEntry>? unhashed,
        CancellationToken ct)
    {
        RepositoryContent? brought = null;
        var changed = new ChangedRuns(null, history.Runs);
        if (blobs.Origin is null)
        {
            changed = await FindChangedRunsAsync(history, ct);
            Result<Done> stored = await KeepAsync(session, history, ct);
            Result<RepositoryContent> read = stored.IsOk
                ? await _git.ReadAsync(history, terms.ComesBackAs is not null, check, ct) : stored.Error;
            if (!read.IsOk)
            {
                return read.Error;
            }

            brought = read.Value;
        }

        return await committer.CommitAsync(
            context => CopyCommit.Decide(context, session, history, changed, brought, terms, lifecycle.TrashDays)
                .Then<SiteDataset>(dataset =>
                {
                    NoteUnhashed(context, dataset, unhashed);
                    return dataset;
                }),
            [],
            ct);
    }

    /// <summary>
    /// Compares with the history that was taken over before, so that its unchanged runs are not looked up again while all writers here
    /// wait.
    /// </summary>
    private async Task<ChangedRuns> FindChangedRunsAsync(History history, CancellationToken ct)
    {
        if (history.Runs.Count > 0 && (await FindAsync(history.Dataset.Id, ct))?.History is { } before)
        {
            try
            {
                if (await blobs.FindAsync(before, ct) is { } earlier)
                {
                    return new ChangedRuns(before, history.RunsSince(await earlier.ReadAllAsync(History.MaxBytes, ct)));
                }
            }
            catch (HutchException)
            {
                // It is damaged here: each run is looked up.
            }
        }

        return new ChangedRuns(null, history.Runs);
    }

    /// <summary>
    /// Notes files that the home has not hashed. A closed dataset is hashed completely, and a copy has only files with a hash.
    /// </summary>
    private void NoteUnhashed(CommitContext context, SiteDataset dataset, IReadOnlyList<PathEntry>? unhashed)
    {
        if (blobs.Origin is not null && unhashed is not null)
        {
            UnhashedRows.Replace(context, dataset, dataset.Closed is null ? unhashed : []);
        }
    }

    /// <summary>
    /// Returns the epoch of changes that were accepted here and that a later home's history lacks; null for none. They need a name before
    /// the copy can be completed.
    /// </summary>
    public ValueTask<long?> FindLostAsync(History history, long epoch, CancellationToken ct)
    {
        return records.ReadConsistentAsync(queries => LostPart.Find(queries, history.Dataset.Id, history, epoch)?.Epoch, ct);
    }

    /// <summary>Notes a new epoch with the present history: earlier epochs no longer count.</summary>
    public Task<Result<Done>> NoteEpochAsync(DatasetId id, BlobHash home, long epoch, CancellationToken ct) => committer.CommitAsync<Done>(
        context =>
        {
            if (context.Dataset(id) is { IsOk: true, Value.Copy: { } copy } && copy.Epoch < epoch)
            {
                context.Emit(new JournalRecord.CopyCompleted(id, home, epoch, copy.History));
            }

            return Done.Value;
        },
        [],
        ct);

    private static List<TreeRoot> PriorRoots(SiteQueries queries, History history, BlobHash home)
    {
        var trees = new List<TreeRoot>();
        if (queries.Dataset(history.Dataset.Id) is { Copy: not null, Ended: null } before)
        {
            // Versions that the home no longer names differ little from the others, and may be many.
            trees.AddRange(queries.Snapshots(before.Key, long.MaxValue, int.MaxValue)
                .Where(static snapshot => snapshot.LeftOutUntil is null).Select(static snapshot => snapshot.Root));
            if (before.Repository is { } repository)
            {
                trees.Add(repository);
            }
        }

        foreach (ParentFact parent in history.Parents)
        {
            if (parent.Snapshot is { } number && queries.Dataset(parent.Dataset) is { Ended: null } dataset && dataset.Copy?.Home == home
                && queries.Snapshot(dataset.Key, number) is { } cited)
            {
                trees.Add(cited.Root);
            }
        }

        return trees;
    }

    /// <summary>Stores the history as a blob of the copy; where only records are kept, these suffice.</summary>
    private async Task<Result<Done>> KeepAsync(SiteSession session, History history, CancellationToken ct)
    {
        Result<BlobReceiver> opened = await pushes.ReceiveAsync(session, ct);
        if (!opened.IsOk)
        {
            return opened.Error;
        }

        await using BlobReceiver receiver = opened.Value;
        var body = PipeReader.Create(new ReadOnlySequence<byte>(history.Bytes));
        Result<Done> added = await receiver.ReceiveAsync(history.Hash, history.Bytes.Length, body, ct);
        return added.IsOk ? await receiver.CompleteAsync(ct) : added;
    }
}
