using System.Runtime.CompilerServices;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Replication.Evicting;

/// <summary>
/// What this site, as the home, records as it gives up bytes that others hold, and gets them back. Each step is one commit that looks
/// again at all that it rests on, so that it does not matter which server of the site makes it, or how late. See
/// docs/design/federation.md (holds and eviction).
/// </summary>
/// <remarks>Thread-safe. Who holds what is the caller's to find out.</remarks>
public sealed class Evictions(Committer committer, SiteDatabase records, BlobStore blobs, Func<Guid> newId)
{
    private readonly PageStore _pages = new(blobs);

    /// <summary>The datasets of which something is to be done.</summary>
    public ValueTask<IReadOnlyList<DatasetId>> ListAsync(CancellationToken ct) =>
        records.ReadConsistentAsync(static queries => queries.OpenEvictions(), ct);

    /// <summary>What this site knows of a dataset; null for nothing.</summary>
    public ValueTask<SiteDataset?> FindAsync(DatasetId id, CancellationToken ct) =>
        records.ReadConsistentAsync(queries => queries.Dataset(id), ct);

    /// <summary>Begins: the bytes of a dataset are to go when so many sites hold them. Nothing goes yet.</summary>
    public Task<Result<SiteDataset>> WantAsync(DatasetId id, int holders, string by, CancellationToken ct) =>
        WantAsync(id, holders, by, isFolder: false, ct);

    /// <summary>
    /// The same for a dataset whose files stay in a folder of the facility: from the moment on in which sites hold it, its files there
    /// count as gone, and whoever watches the folder may remove them.
    /// </summary>
    public Task<Result<SiteDataset>> WantFolderAsync(DatasetId id, int holders, string by, CancellationToken ct) =>
        WantAsync(id, holders, by, isFolder: true, ct);

    private Task<Result<SiteDataset>> WantAsync(DatasetId id, int holders, string by, bool isFolder, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) => dataset.Eviction switch
        {
            _ when dataset.Folder is not null != isFolder => ErrorCode.Unprocessable.With(isFolder
                ? $"The files of '{dataset.Owner}/{dataset.Slug}' are in no folder of the facility."
                : $"The files of '{dataset.Owner}/{dataset.Slug}' are in a folder of the facility, which removes them by its own rules."),
            { State: EvictionState.Recalling or EvictionState.Freeing } =>
                ErrorCode.Conflict.With($"'{dataset.Owner}/{dataset.Slug}' is being recalled. Evict it when that has ended."),
            { State: EvictionState.Evicted } => dataset.Eviction,
            var before => (before ?? New(context.Now, by)) with { Holders = holders },
        },
        ct);

    /// <summary>Notes that a site is about to be asked: it may hold its copy from then on, whatever becomes of the answer.</summary>
    public Task<Result<SiteDataset>> NoteAskedAsync(DatasetId id, BlobHash nonce, string siteId, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction is { State: EvictionState.Wanted } wanted && wanted.Nonce == nonce
            ? wanted.Asked.Any(one => one.SiteId == siteId)
                ? wanted
                : wanted with { Asked = [.. wanted.Asked, new EvictionHolder(siteId, null)] }
            : Elsewise(dataset),
        ct);

    /// <summary>The bytes of these versions may go from here on: enough sites hold them, each of which has proved that.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="nonce">The number by which they were asked.</param>
    /// <param name="proofs">What each has signed, by the id of the site.</param>
    /// <param name="versions">What they have attested.</param>
    public Task<Result<SiteDataset>> EvictAsync(
        DatasetId id, BlobHash nonce, IReadOnlyDictionary<string, string> proofs, IReadOnlyList<long> versions, CancellationToken ct) =>
        ChangeAsync(
            id,
            (context, dataset) =>
            {
                if (dataset.Eviction is not { State: EvictionState.Wanted } wanted || wanted.Nonce != nonce)
                {
                    return Elsewise(dataset);
                }

                bool isAll = Attester.Lasting(context.Queries, id) is { } lasting
                    && lasting.Select(static one => one.Number).SequenceEqual(versions);
                return !isAll || proofs.Count < wanted.Holders || proofs.Keys.Any(site => wanted.Asked.All(one => one.SiteId != site))
                    ? ErrorCode.Conflict.With($"What was attested of '{dataset.Owner}/{dataset.Slug}' is not what is to go.")
                    : wanted with
                    {
                        State = EvictionState.Evicted,
                        Versions = versions,
                        Asked = [.. wanted.Asked.Select(one => one with { Proof = proofs.GetValueOrDefault(one.SiteId) })],
                    };
            },
            ct);

    /// <summary>The bytes are to be here again; what was only wanted is given up. Again it changes nothing.</summary>
    public Task<Result<SiteDataset>> RecallAsync(DatasetId id, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction?.State switch
        {
            EvictionState.Wanted => dataset.Eviction with { State = EvictionState.Freeing },
            EvictionState.Evicted => dataset.Eviction with { State = EvictionState.Recalling },
            _ => Result<Eviction?>.Ok(dataset.Eviction),
        },
        ct);

    /// <summary>What was only wanted is given up, after too long a time.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="nonce">The number by which sites were asked.</param>
    public Task<Result<SiteDataset>> GiveUpAsync(DatasetId id, BlobHash nonce, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction is { State: EvictionState.Wanted } wanted && wanted.Nonce == nonce
            ? wanted with { State = EvictionState.Freeing }
            : Elsewise(dataset),
        ct);

    /// <summary>All is here again: nobody need hold it. Ends the session in which it came.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="nonce">The number of the eviction of which all was found here: a later one is another matter.</param>
    /// <param name="session">The session.</param>
    public Task<Result<SiteDataset>> FreeAsync(DatasetId id, BlobHash nonce, SiteSession session, CancellationToken ct) => ChangeAsync(
        id,
        (context, dataset) =>
        {
            if (dataset.Eviction is not { State: EvictionState.Recalling } recalled || recalled.Nonce != nonce)
            {
                return Elsewise(dataset);
            }

            context.Emit(new JournalRecord.SessionEnded(session.Id));
            return recalled with { State = EvictionState.Freeing };
        },
        ct);

    /// <summary>
    /// This site is not the home any more, and has all of it as a copy: nobody need hold it for this site. Once more, it changes nothing.
    /// </summary>
    /// <param name="id">The dataset.</param>
    /// <param name="nonce">The number of the eviction of which all was found here.</param>
    public Task<Result<SiteDataset>> LeaveAsync(DatasetId id, BlobHash nonce, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset is { Copy: not null, Eviction: { } eviction } && eviction.Nonce == nonce
            ? eviction with { State = EvictionState.Freeing }
            : Elsewise(dataset),
        ct,
        isOfHome: false);

    /// <summary>Nobody holds anything for this site any more.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="nonce">The number of the eviction of which all have been told.</param>
    public Task<Result<SiteDataset>> EndAsync(DatasetId id, BlobHash nonce, CancellationToken ct) => ChangeAsync(
        id,
        (_, dataset) => dataset.Eviction is { State: EvictionState.Freeing } eviction && eviction.Nonce == nonce
            ? Result<Eviction?>.Ok(null)
            : Elsewise(dataset),
        ct,
        isOfHome: false);

    /// <summary>The first file of the evicted versions that is not stored here for good; null when all are.</summary>
    public async Task<BlobHash?> FindLackingAsync(SiteDataset dataset, CancellationToken ct)
    {
        await foreach (NamedBlob blob in BlobsAsync(dataset, ct))
        {
            if (await blobs.FindLastingAsync(blob.Hash, ct) is null)
            {
                return blob.Hash;
            }
        }

        return null;
    }

    /// <summary>Bytes of the largest file of a closed dataset.</summary>
    public async Task<long> LargestAsync(SiteDataset dataset, CancellationToken ct)
    {
        long largest = 0;
        await foreach (NamedBlob blob in BlobsAsync(dataset, ct))
        {
            largest = Math.Max(largest, blob.Size);
        }

        return largest;
    }

    /// <summary>The files of the versions that are attested.</summary>
    private async IAsyncEnumerable<NamedBlob> BlobsAsync(SiteDataset dataset, [EnumeratorCancellation] CancellationToken ct)
    {
        IReadOnlyList<SiteSnapshot> versions = await records.ReadConsistentAsync(
            queries => Attester.Lasting(queries, dataset.Id) ?? [], ct);
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
        Nonce = BlobHash.Of([.. newId().ToByteArray(), .. newId().ToByteArray()]),
        Holders = 1,
        Asked = [],
        Versions = [],
        Since = now,
        By = by,
    };

    private static HutchError Elsewise(SiteDataset dataset) =>
        ErrorCode.Conflict.With($"Somebody else has changed what is to become of the bytes of '{dataset.Owner}/{dataset.Slug}'.");

    /// <summary>Decides in the commit what comes next; what stays as it is needs no record.</summary>
    private Task<Result<SiteDataset>> ChangeAsync(
        DatasetId id, Func<CommitContext, SiteDataset, Result<Eviction?>> decide, CancellationToken ct, bool isOfHome = true) =>
        committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequireClosed).Then(dataset =>
        {
            if (isOfHome && WhyNot(dataset) is { } excluded)
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

    private static HutchError? WhyNot(SiteDataset dataset)
    {
        string name = $"'{dataset.Owner}/{dataset.Slug}'";
        return dataset.Copy is not null ? HomeRule.Refusal(dataset)
            : dataset.Expires is not null ? ErrorCode.Unprocessable.With($"{name} is temporary: nobody else holds it.")
            : null;
    }
}
