using Hutch.Datasets.Files;
using Hutch.Model.Sites;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>
/// Signs which files of a version this site stores, from its records: a client removes its own copy of a file only with such a receipt.
/// </summary>
/// <param name="secure">Has what is stored here stored where others may rely on it.</param>
public sealed class ReceiptService(
    EntryService entries, HeadReader heads, BlobStore blobs, Func<CancellationToken, Task<Result<Done>>> secure, ISiteSigner signer,
    TimeProvider time)
{
    /// <summary>
    /// Signs what a fixed version has at some paths, for a caller who may read it. Paths without a file are left out; a path that is
    /// named twice is answered once.
    /// </summary>
    /// <param name="at">The version; null for the head, which becomes a version first.</param>
    /// <param name="nonce">A random number of the caller's, so that the answer is known to be a new one.</param>
    public async Task<Result<SignedReceipts>> SignAsync(
        Caller caller, DatasetId id, SnapshotRef? at, BlobHash nonce, IReadOnlyList<string> paths, CancellationToken ct)
    {
        if (!Parse(paths).TryGet(out SortedSet<DatasetPath>? wanted, out HutchError? refusal)
            || !(await entries.FixAsync(caller, id, at, Operation.EntryRead, ct)).TryGet(out FixedTree? version, out refusal)
            || !(await heads.DatasetAsync(id, ct)).TryGet(out SiteDataset? dataset, out refusal))
        {
            return refusal;
        }

        // The client removes its own copy: bytes that end with this machine do not count.
        if (!(await secure(ct)).TryGet(out _, out refusal))
        {
            return refusal;
        }

        IReadOnlyList<ReceiptLine> lines = await FindAsync(dataset, version.Root, wanted, ct);
        var statement = new ReceiptStatement(
            await signer.GetKeyAsync(ct), id, version.Number, time.GetUtcNow(), nonce, lines);
        return new SignedReceipts(statement, await signer.SignAsync(statement, ct));
    }

    private static Result<SortedSet<DatasetPath>> Parse(IReadOnlyList<string> paths)
    {
        if (paths.Count > ReceiptStatement.MaxLines)
        {
            return ErrorCode.TooLarge.With($"{paths.Count} paths are too many for one request; the limit is {ReceiptStatement.MaxLines}.");
        }

        var parsed = new SortedSet<DatasetPath>();
        foreach (string? path in paths)
        {
            if (!DatasetPath.Parse(path ?? "").TryGet(out DatasetPath one, out HutchError? refusal))
            {
                return refusal;
            }

            parsed.Add(one);
        }

        return parsed;
    }

    private async Task<IReadOnlyList<ReceiptLine>> FindAsync(
        SiteDataset dataset, TreeRoot root, SortedSet<DatasetPath> wanted, CancellationToken ct)
    {
        var lines = new List<ReceiptLine>();
        if (root.IsEmpty)
        {
            return lines;
        }

        using SortedSet<DatasetPath>.Enumerator paths = wanted.GetEnumerator();
        await foreach (Entry? entry in new TreeBatchLookup(heads.Tree, root).FindSortedAsync(wanted, ct))
        {
            paths.MoveNext();
            if (entry is { Kind: EntryKind.File, IsPending: false })
            {
                lines.Add(new ReceiptLine(paths.Current.Value, entry.Size, entry.Hash, await StateAsync(dataset, entry.Hash, ct)));
            }
        }

        return lines;
    }

    private async ValueTask<string> StateAsync(SiteDataset dataset, BlobHash hash, CancellationToken ct) =>
        RelianceRule.FindEvicted(dataset, hash) is not null || !await blobs.IsStoredAsync(dataset, hash, ct) ? ReceiptStates.Elsewhere
        : dataset.Expires is null ? ReceiptStates.Stored
        : ReceiptStates.Temporary;
}

/// <param name="Proof">The public key of the site and its signature of the statement.</param>
public sealed record SignedReceipts(ReceiptStatement Statement, string Proof);
