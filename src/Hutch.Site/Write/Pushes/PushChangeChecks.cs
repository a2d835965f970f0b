using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Write.Pushes;

/// <summary>Checks the changes of a push: the blobs that they may name, and the required locations of their files' bytes.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class PushChangeChecks(BlobStore blobs, PermanentCopier copies, PushNegotiation negotiation, PushOptions options)
{
    /// <summary>The first of some changes that this push may not make; null when it may make all of them.</summary>
    internal async Task<HutchError?> FindFaultAsync(
        SiteSession session,
        IReadOnlyList<TreeChange> changes,
        long changesSoFar,
        Func<CancellationToken, Task<IReadOnlyList<TreeView>>> readable,
        CancellationToken ct)
    {
        if (changesSoFar > options.MaxChanges)
        {
            return ErrorCode.TooLarge.With($"A push can have at most {options.MaxChanges} changes.");
        }

        BlobHash[] wanted =
            [.. changes.Where(change => change.Entry is { Kind: EntryKind.File }).Select(change => change.Entry!.Hash).Distinct()];
        var missing = new HashSet<BlobHash>();
        foreach (BlobHash[] some in wanted.Chunk(options.MaxNegotiatedHashes))
        {
            HashSet<BlobHash> named = await negotiation.NamedAsync(session, some, ct);
            BlobHash[] unnamed = [.. some.Where(hash => !named.Contains(hash))];
            if (unnamed.Length == 0)
            {
                continue;
            }

            // A file that was moved, or touched: it may be in the target or its parents.
            Result<IReadOnlyList<BlobHash>> negotiated = await negotiation.NegotiateAsync(session, unnamed, await readable(ct), ct);
            if (!negotiated.IsOk)
            {
                return negotiated.Error;
            }

            missing.UnionWith(negotiated.Value);
        }

        return await FindForeignAsync(session.Dataset, missing, changes, ct);
    }

    /// <summary>
    /// Bytes come before their paths are known, so they went to the lane in which their dataset ends: copies the files that last longer.
    /// </summary>
    internal async Task<HutchError?> MakeLastAsync(IReadOnlyList<TreeChange> changes, CancellationToken ct)
    {
        foreach (TreeChange change in changes)
        {
            if (change.Entry is not { Kind: EntryKind.File } file || !DatasetLanes.IsPermanent(change.Path))
            {
                continue;
            }

            Result<CopiedTotals> copied = await copies.MakeAsync(file.Hash, ct);
            if (!copied.IsOk || copied.Value.Missing > 0)
            {
                return copied.Error ?? HasGone(change.Path, file.Hash);
            }
        }

        return null;
    }

    /// <summary>A commit may name what the session may name, and must say how long it is.</summary>
    private async Task<HutchError?> FindForeignAsync(
        DatasetId dataset, HashSet<BlobHash> missing, IReadOnlyList<TreeChange> changes, CancellationToken ct)
    {
        foreach (TreeChange change in changes)
        {
            if (change.Entry is not { Kind: EntryKind.File } file)
            {
                continue;
            }

            if (missing.Contains(file.Hash))
            {
                return ErrorCode.BlobNotNameable.With(
                    $"This push may not use the blob {file.Hash} for '{change.Path}'.", "hash", file.Hash.ToString());
            }

            if (blobs.Bytes.HasDamage && await blobs.FindWholeAsync(file.Hash, ct) is null)
            {
                return IsDamaged(change.Path, file.Hash);
            }

            if (await CheckSizeAsync(dataset, change.Path, file, ct) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static HutchError HasGone(DatasetPath path, BlobHash hash) => ErrorCode.BlobNotNameable.With(
        $"The bytes of the blob {hash} for '{path}' were temporary and made room for newer data. Upload the file in this push again.",
        "hash",
        hash.ToString());

    private static HutchError IsDamaged(DatasetPath path, BlobHash hash) => ErrorCode.BlobNotNameable.With(
        $"The stored bytes of the blob {hash} for '{path}' are damaged. Upload the file in this push again.", "hash", hash.ToString());

    /// <summary>Returns the error of a file whose bytes expired, are damaged, or differ in number from its size; null for none.</summary>
    private async Task<HutchError?> CheckSizeAsync(DatasetId dataset, DatasetPath path, Entry file, CancellationToken ct)
    {
        try
        {
            return await blobs.FindAsync(dataset, file.Hash, ct) is { } content && content.Size != file.Size
                ? ErrorCode.Unprocessable.With(
                    $"'{path}' was announced with {file.Size} bytes, but the blob {file.Hash} has {content.Size}.")
                : null;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Gone)
        {
            return HasGone(path, file.Hash);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined)
        {
            return IsDamaged(path, file.Hash);
        }
    }
}
