using System.Runtime.CompilerServices;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Evicting;

/// <summary>
/// The records of this site, as the home, when it evicts bytes that other sites hold, and recalls them. Each step is one commit that checks
/// all its conditions again, so that any server of the site can make it, however late. See docs/design/federation.md (holds and eviction).
/// </summary>
/// <remarks>Thread-safe. The caller finds the holders.</remarks>
public sealed class Evictions(Committer committer, SiteDatabase records, BlobStore blobs, Func<Guid> newId)
{
    private readonly PageStore _pages = new(blobs);

    /// <summary>Returns the datasets with an unfinished step.</summary>
    public ValueTask<IReadOnlyList<DatasetId>> ListAsync(CancellationToken ct) =>
        records.ReadConsistentAsync(static queries => queries.OpenEvictions(), ct);

    public ValueTask<SiteDataset?> FindAsync(DatasetId id, CancellationToken ct) =>
        records.ReadConsistentAsync(queries => queries.Dataset(id), ct);

    /// <summary>Returns the refusal to end a dataset on which evicted results rely; null if none do.</summary>
    public ValueTask<HutchError?> FindReliantAsync(DatasetId id, CancellationToken ct) => records.ReadConsistentAsync(
        queries => queries.Dataset(id) is { } dataset ? RelianceRule.FindRefusal(queries, dataset) : null, ct);

    /// <summary>Requests the eviction of a dataset's bytes once enough sites hold them. Nothing is deleted yet.</summary>
    public Task<Result<SiteDataset>> RequestAsync(DatasetId id, int holders, string by, CancellationToken ct) =>
        RequestAsync(id, holders, by, isFolder: false, keepsBytes: false, ct);

    /// <summary>Requests that sites hold a dataset in addition to this one, which deletes nothing.</summary>
    public Task<Result<SiteDataset>> RequestHoldAsync(DatasetId id, int holders, string by, CancellationToken ct) =>
        RequestAsync(id, holders, by, isFolder: false, keepsBytes: true, ct);

    /// <summary>
    /// Does the same for a dataset whose files stay in a folder of the facility. From the moment at which sites hold it, its files there
    /// count as gone, and the operator of the folder may remove them.
    /// </summary>
    public Task<Result<SiteDataset>> RequestFolderAsync(DatasetId id, int holders, string by, CancellationToken ct) =>
        RequestAsync(id, holders, by, isFolder: true, keepsBytes: false, ct);

    private Task<Result<SiteDataset>> RequestAsync(
        DatasetId id, int holders, string by, bool isFolder, bool keepsBytes, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) => DecideRequest(dataset, isFolder, keepsBytes)
            .Then(before => Result<Eviction?>.Ok(before is null or { State: EvictionState.Wanted }
                ? (before ?? New(context.Now, by)) with { Holders = holders, KeepsBytes = keepsBytes }
                : before)),
        ct);

    /// <summary>
    /// Returns the refusal of a request to evict a dataset; null if the records of this site permit it now. The request checks it again.
    /// </summary>
    public static HutchError? FindRefusal(SiteDataset dataset) => DatasetState.RequireClosed(dataset)
        .Then(closed => CheckEvictable(closed) is { } excluded ? excluded : DecideRequest(closed, isFolder: false, keepsBytes: false))
        .Error;

    /// <summary>Returns the eviction that stays or is renewed, null for a new one, or the refusal.</summary>
    private static Result<Eviction?> DecideRequest(SiteDataset dataset, bool isFolder, bool keepsBytes) => dataset.Eviction switch
    {
        _ when dataset.Folder is not null != isFolder => ErrorCode.Unprocessable.With(isFolder
            ? $"The files of '{dataset.Owner}/{dataset.Slug}' are in no folder of the facility."
            : $"The files of '{dataset.Owner}/{dataset.Slug}' are in a folder of the facility, which removes them by its own rules."),
        { State: EvictionState.Recalling or EvictionState.Freeing } =>
            ErrorCode.Conflict.With($"'{dataset.Owner}/{dataset.Slug}' is being recalled. Evict it when that has ended."),
        { Reproduction: not null } => OnlyReproduced(dataset),
        { State: EvictionState.Held } when !keepsBytes => ErrorCode.Conflict.With(
            $"Other sites hold '{dataset.Owner}/{dataset.Slug}' in addition. Recall it, and evict it then."),
        var before => Result<Eviction?>.Ok(before),
    };

    /// <summary>Decides about bytes that a program computes again, and changes nothing.</summary>
    public ValueTask<Result<Reproduction>> ConsiderAsync(Func<SiteQueries, Result<Reproduction>> decide, CancellationToken ct) =>
        records.ReadConsistentAsync(decide, ct);

    /// <summary>Notes that a site is about to be asked: it may hold its copy from then on, even if its answer is lost.</summary>
    public Task<Result<SiteDataset>> RecordRequestedAsync(DatasetId id, BlobHash nonce, string siteId, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction is { State: EvictionState.Wanted } wanted && wanted.Nonce == nonce
            ? wanted.Asked.Any(one => one.SiteId == siteId)
                ? wanted
                : wanted with { Asked = [.. wanted.Asked, new EvictionHolder(siteId, null)] }
            : WrongState(dataset),
        ct);

    /// <summary>Permits the eviction of the bytes of these versions: enough sites hold them, and each has proved that.</summary>
    public Task<Result<SiteDataset>> EvictAsync(
        DatasetId id, BlobHash nonce, IReadOnlyDictionary<string, string> proofs, IReadOnlyList<long> versions, CancellationToken ct) =>
        ChangeAsync(
            id,
            (context, dataset) =>
            {
                if (dataset.Eviction is not { State: EvictionState.Wanted } wanted || wanted.Nonce != nonce)
                {
                    return WrongState(dataset);
                }

                bool isAll = Attester.PermanentSnapshots(context.Queries, id) is { } permanent
                    && permanent.Select(static one => one.Number).SequenceEqual(versions);
                return !isAll || proofs.Count < wanted.Holders || proofs.Keys.Any(site => wanted.Asked.All(one => one.SiteId != site))
                    ? ErrorCode.Conflict.With($"What was attested of '{dataset.Owner}/{dataset.Slug}' is not what is to go.")
                    : wanted with
                    {
                        State = wanted.KeepsBytes ? EvictionState.Held : EvictionState.Evicted,
                        Versions = versions,
                        Asked = [.. wanted.Asked.Select(one => one with { Proof = proofs.GetValueOrDefault(one.SiteId) })],
                    };
            },
            ct);

    /// <summary>
    /// Orders the return of the bytes; a mere request for an eviction is given up, and a hold ends. Refused while another dataset relies on
    /// the holders. A repetition changes nothing.
    /// </summary>
    public Task<Result<SiteDataset>> RecallAsync(DatasetId id, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) => dataset.Eviction switch
        {
            { State: EvictionState.Wanted } wanted => wanted with { State = EvictionState.Freeing },
            { State: EvictionState.Evicted, Reproduction: not null } => OnlyReproduced(dataset),
            { State: EvictionState.Evicted or EvictionState.Held }
                when RelianceRule.FindRefusal(context.Queries, dataset) is { } relied => relied,
            { State: EvictionState.Held } held => held with { State = EvictionState.Freeing },
            { State: EvictionState.Evicted } evicted => evicted with { State = EvictionState.Recalling },
            var other => Result<Eviction?>.Ok(other),
        },
        ct);

    /// <summary>
    /// Requests the eviction of bytes that a program computes again. Nothing is deleted yet, but the inputs can no longer end, and no
    /// longer lose their holders.
    /// </summary>
    /// <param name="decide">Decides once more, inside the commit.</param>
    public Task<Result<SiteDataset>> ProposeAsync(
        DatasetId id, string by, Func<SiteQueries, Result<Reproduction>> decide, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) => dataset.Eviction is { } other and not { State: EvictionState.Wanted, Reproduction: not null }
            ? other.Reproduction is not null ? OnlyReproduced(dataset) : WrongState(dataset)
            : decide(context.Queries).Then(proof => Result<Eviction?>.Ok(New(context.Now, by) with { Holders = 0, Reproduction = proof })),
        ct);

    /// <summary>Permits the eviction that was proposed.</summary>
    /// <param name="nonce">The nonce of the proposal.</param>
    /// <param name="decide">Decides once more, inside the commit.</param>
    public Task<Result<SiteDataset>> EvictProposedAsync(
        DatasetId id, BlobHash nonce, Func<SiteQueries, Result<Reproduction>> decide, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) => dataset.Eviction is not { State: EvictionState.Wanted, Reproduction: not null } wanted
            || wanted.Nonce != nonce
            ? WrongState(dataset)
            : decide(context.Queries).Then(proof => Result<Eviction?>.Ok(wanted with
            {
                State = EvictionState.Evicted,
                Reproduction = proof,
                Versions = [.. (Attester.PermanentSnapshots(context.Queries, id) ?? []).Select(static one => one.Number)],
            })),
        ct);

    /// <summary>Gives up the eviction that was proposed.</summary>
    /// <param name="nonce">The nonce of the proposal.</param>
    public Task<Result<SiteDataset>> WithdrawAsync(DatasetId id, BlobHash nonce, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction is { State: EvictionState.Wanted, Reproduction: not null } wanted && wanted.Nonce == nonce
            ? Result<Eviction?>.Ok(null)
            : WrongState(dataset),
        ct);

    /// <summary>Keeps all bytes from now on that a rerun brings back. A repetition changes nothing.</summary>
    public Task<Result<SiteDataset>> BeginRestoreAsync(DatasetId id, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction is { Reproduction: not null } eviction && eviction.IsAway()
            ? eviction with { State = EvictionState.Recalling }
            : WrongState(dataset),
        ct);

    /// <summary>Ends a restore: all bytes are here, or the eviction stays as it was.</summary>
    /// <param name="nonce">The nonce of the eviction whose bytes were all found here, or not.</param>
    public Task<Result<SiteDataset>> EndRestoreAsync(DatasetId id, BlobHash nonce, bool isWhole, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction is not { State: EvictionState.Recalling, Reproduction: not null } eviction
            || eviction.Nonce != nonce
            ? WrongState(dataset)
            : Result<Eviction?>.Ok(isWhole ? null : eviction with { State = EvictionState.Evicted }),
        ct);

    private static HutchError OnlyReproduced(SiteDataset dataset) => RelianceRule.FindEvicted(dataset, null)
        ?? ErrorCode.Conflict.With(
            $"The bytes of '{dataset.Owner}/{dataset.Slug}' are about to be evicted, as a program computes them again.");

    /// <summary>Gives up a request for an eviction, after too long a time.</summary>
    public Task<Result<SiteDataset>> EvictAsync(DatasetId id, BlobHash nonce, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction is { State: EvictionState.Wanted } wanted && wanted.Nonce == nonce
            ? wanted with { State = EvictionState.Freeing }
            : WrongState(dataset),
        ct);

    /// <summary>Releases the holders: all bytes are here again. Ends the session in which they came.</summary>
    /// <param name="nonce">The nonce of the eviction whose bytes were all found here: a later eviction is unaffected.</param>
    public Task<Result<SiteDataset>> FreeAsync(DatasetId id, BlobHash nonce, SiteSession session, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) =>
        {
            if (dataset.Eviction is not { State: EvictionState.Recalling } recalled || recalled.Nonce != nonce)
            {
                return WrongState(dataset);
            }

            context.Emit(new JournalRecord.SessionEnded(session.Id));
            return recalled with { State = EvictionState.Freeing };
        },
        ct);

    /// <summary>Releases the holders: this site is no longer the home, and has all bytes as a copy. A repetition changes nothing.</summary>
    /// <param name="nonce">The nonce of the eviction whose bytes were all found here.</param>
    public Task<Result<SiteDataset>> LeaveAsync(DatasetId id, BlobHash nonce, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset is { Copy: not null, Eviction: { } eviction } && eviction.Nonce == nonce
            ? eviction with { State = EvictionState.Freeing }
            : WrongState(dataset),
        ct,
        isOfHome: false);

    /// <summary>Ends an eviction: no site holds bytes for this site any more.</summary>
    /// <param name="nonce">The nonce of the eviction whose holders were all notified.</param>
    public Task<Result<SiteDataset>> EndAsync(DatasetId id, BlobHash nonce, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction is { State: EvictionState.Freeing } eviction && eviction.Nonce == nonce
            ? Result<Eviction?>.Ok(null)
            : WrongState(dataset),
        ct,
        isOfHome: false);

    /// <summary>Returns the first file of the evicted versions that is not stored here in a lane that lasts; null when all are.</summary>
    public async Task<BlobHash?> FindLackingAsync(SiteDataset dataset, CancellationToken ct)
    {
        await foreach (NamedBlob blob in BlobsAsync(dataset, ct))
        {
            if (await blobs.FindPermanentAsync(blob.Hash, ct) is null)
            {
                return blob.Hash;
            }
        }

        return null;
    }

    /// <summary>Returns the bytes of the largest file of a closed dataset.</summary>
    public async Task<long> LargestAsync(SiteDataset dataset, CancellationToken ct)
    {
        long largest = 0;
        await foreach (NamedBlob blob in BlobsAsync(dataset, ct))
        {
            largest = Math.Max(largest, blob.Size);
        }

        return largest;
    }

    private async IAsyncEnumerable<NamedBlob> BlobsAsync(SiteDataset dataset, [EnumeratorCancellation] CancellationToken ct)
    {
        IReadOnlyList<SiteSnapshot> versions = await records.ReadConsistentAsync(
            queries => Attester.PermanentSnapshots(queries, dataset.Id) ?? [], ct);
        await foreach (StoredPage page in _pages.WalkAsync(versions.Select(static version => version.Root.Page), [], ct))
        {
            foreach (NamedBlob blob in page.Contents.Value.Blobs)
            {
                yield return blob;
            }
        }
    }

    private Eviction New(long now, string by) => new()
    {
        State = EvictionState.Wanted,
        Nonce = BlobHash.Compute([.. newId().ToByteArray(), .. newId().ToByteArray()]),
        Holders = 1,
        Asked = [],
        Versions = [],
        Since = now,
        By = by,
    };

    private static HutchError WrongState(SiteDataset dataset) =>
        ErrorCode.Conflict.With($"Another user changed the eviction of '{dataset.Owner}/{dataset.Slug}'.");

    /// <summary>Decides the next state in the commit; an unchanged state needs no record.</summary>
    private Task<Result<SiteDataset>> ChangeAsync(
        DatasetId id, Func<CommitContext, SiteDataset, Result<Eviction?>> decide, CancellationToken ct, bool isOfHome = true) =>
        committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequireClosed).Then(dataset =>
        {
            if (isOfHome && CheckEvictable(dataset) is { } excluded)
            {
                return excluded;
            }

            if (!decide(context, dataset).TryGet(out Eviction? next, out HutchError? refusal))
            {
                return refusal;
            }

            if (next != dataset.Eviction)
            {
                context.Emit(new JournalRecord.EvictionSet(id, next));
            }

            return context.Dataset(id);
        }),
        [],
        ct,
        mayUseReserve: true);

    private static HutchError? CheckEvictable(SiteDataset dataset)
    {
        string name = $"'{dataset.Owner}/{dataset.Slug}'";
        return dataset.Copy is not null ? HomeRule.Refusal(dataset)
            : dataset.Expires is not null ? ErrorCode.Unprocessable.With($"{name} is temporary: no other site holds it.")
            : null;
    }
}
