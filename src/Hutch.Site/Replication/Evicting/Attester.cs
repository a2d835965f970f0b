using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Replication.Evicting;

/// <summary>
/// Reads all bytes of a closed dataset again and makes one digest of them after a nonce chosen by another site: only a site that has the
/// bytes can make it, and each such site makes the same.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="secure">Has what is stored here stored where other sites may rely on it.</param>
public sealed class Attester(SiteDatabase records, BlobStore blobs, Func<CancellationToken, Task<Result<Done>>> secure)
{
    private readonly PageStore _pages = new(blobs);

    /// <summary>Reads the lasting versions of a dataset. A refusal names bytes that are missing or do not match their hash.</summary>
    public async Task<Result<Attested>> ReadAsync(DatasetId id, BlobHash nonce, CancellationToken ct)
    {
        (IReadOnlyList<SiteSnapshot>? versions, bool isFolder) = await records.ReadConsistentAsync(
            queries => (PermanentSnapshots(queries, id), queries.Dataset(id)?.Folder is not null), ct);
        if (versions is null)
        {
            return ErrorCode.NotFound.With($"There is no closed dataset {id} at this site.");
        }

        // Others evict what this site attests: bytes that end with this machine do not count.
        if ((await secure(ct)).Error is { } notYet)
        {
            return notYet;
        }

        try
        {
            using var reading = new Reading(
                hash => isFolder ? FindOfFolderAsync(id, hash, ct) : blobs.FindPermanentAsync(hash, ct), _pages, nonce);
            return await reading.RunAsync(id, versions, ct);
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    /// <summary>Returns the versions that are never thinned out: requested ones and the last. Null if not closed, or not here.</summary>
    public static IReadOnlyList<SiteSnapshot>? PermanentSnapshots(SiteQueries queries, DatasetId id) =>
        queries.Dataset(id) is { Closed: not null, Ended: null } dataset
            ? [.. queries.Snapshots(dataset.Key, long.MaxValue, int.MaxValue)
                .Where(one => one.Reason != SnapshotReason.Automatic || one.Number == dataset.Snapshot)
                .OrderBy(static one => one.Number)]
            : null;

    /// <summary>
    /// Finds bytes in a folder of the facility, too, as this site is the home: their digest is compared with those of other sites.
    /// </summary>
    private async ValueTask<BlobContent?> FindOfFolderAsync(DatasetId id, BlobHash hash, CancellationToken ct) =>
        await blobs.FindPermanentAsync(hash, ct) ?? await blobs.FindInFolderAsync(hash, id, ct);

    private sealed class Reading(Func<BlobHash, ValueTask<BlobContent?>> find, PageStore pages, BlobHash nonce) : IDisposable
    {
        private readonly IncrementalHash _all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly IncrementalHash _alone = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly IncrementalHash _behind = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly HashSet<BlobHash> _seen = [];
        private long _files;
        private long _bytes;
        private long _largest;

        public async Task<Result<Attested>> RunAsync(DatasetId id, IReadOnlyList<SiteSnapshot> versions, CancellationToken ct)
        {
            _all.AppendData(Encoding.ASCII.GetBytes("hutch-attest-1\n" + id + "\n"));
            _all.AppendData(nonce.ToBytes());
            foreach (SiteSnapshot version in versions)
            {
                Append(version.Number);
                _all.AppendData(version.Root.Page.ToBytes());
                if (await ReadTreeAsync(version.Root.Page, ct) is { } fault)
                {
                    return fault;
                }
            }

            return new Attested(
                new BlobHash(_all.GetHashAndReset()), [.. versions.Select(static one => one.Number)], _files, _bytes, _largest);
        }

        public void Dispose()
        {
            _all.Dispose();
            _alone.Dispose();
            _behind.Dispose();
        }

        private async Task<HutchError?> ReadTreeAsync(BlobHash root, CancellationToken ct)
        {
            await foreach (StoredPage page in pages.WalkAsync([root], _seen, ct))
            {
                if (BlobHash.Compute(page.Bytes.Span) != page.Hash)
                {
                    return ErrorCode.DigestMismatch.With($"The stored page {page.Hash} has another SHA-256.");
                }

                if (!page.Contents.TryGet(out PageContents? contents, out HutchError? fault))
                {
                    return fault;
                }

                foreach (NamedBlob blob in contents.Blobs)
                {
                    if (await ReadBlobAsync(blob, ct) is { } wrong)
                    {
                        return wrong;
                    }
                }
            }

            return null;
        }

        private async Task<HutchError?> ReadBlobAsync(NamedBlob blob, CancellationToken ct)
        {
            if (await find(blob.Hash) is not { } content)
            {
                return ErrorCode.Gone.With($"The bytes of {blob.Hash} are not stored for good here.");
            }

            _behind.AppendData(nonce.ToBytes());
            await foreach (ReadOnlyMemory<byte> part in content.ReadAgainAsync(ct))
            {
                _alone.AppendData(part.Span);
                _behind.AppendData(part.Span);
            }

            var actual = new BlobHash(_alone.GetHashAndReset());
            byte[] behind = _behind.GetHashAndReset();
            if (actual != blob.Hash || content.Size != blob.Size)
            {
                return ErrorCode.DigestMismatch.With($"What is stored as {blob.Hash} has the SHA-256 {actual}, and {content.Size} bytes.");
            }

            _all.AppendData(blob.Hash.ToBytes());
            Append(blob.Size);
            _all.AppendData(behind);
            (_files, _bytes, _largest) = (_files + 1, _bytes + blob.Size, Math.Max(_largest, blob.Size));
            return null;
        }

        private void Append(long number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            _all.AppendData(bytes);
        }
    }
}

/// <param name="Digest">The digest of everything, after the nonce.</param>
/// <param name="Files">The number of files that their pages name; a file in several places counts several times.</param>
public sealed record Attested(BlobHash Digest, IReadOnlyList<long> Versions, long Files, long Bytes, long LargestBytes);
