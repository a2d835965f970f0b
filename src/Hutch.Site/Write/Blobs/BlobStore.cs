using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Finds and reads blobs by their hash, regardless of their location. Every returned byte was checked when it came from the disk, and has
/// the CRC32C in the record of the blob.
/// </summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class BlobStore(
    ISiteBytes bytes, SiteDatabase records, PayloadPool pool, TransferSlots work, FolderBytes folders, IBlobOrigin? origin,
    TimeProvider time,
    IDanglingReferences danglingReferences)
{
    private volatile IEvictedBlobs? _evicted;

    private BlobPageIndex Places => field ??= new BlobPageIndex(records, new PageStore(this));

    public PayloadPool Pool => pool;

    public TransferSlots Work => work;

    /// <summary>The files that stay in the facility's folders.</summary>
    public FolderBytes Folders => folders;

    /// <summary>Newly received blobs that a reader waits for.</summary>
    public RecentBlobs RecentBlobs { get; } = new(pool, time);

    internal ISiteBytes Bytes => bytes;

    /// <summary>The source of missing bytes; null for a store that has everything that its records name.</summary>
    internal IBlobOrigin? Origin => origin;

    internal LargeBlobCache Large { get; } = new(records);

    /// <summary>The blobs whose bytes may be in nearline storage.</summary>
    public OfflineBlobs Offline => field ??= new OfflineBlobs(bytes, Large);

    /// <summary>
    /// Reads evicted bytes at the sites that hold them. Bound after opening, as the reader needs this site's disk and copies.
    /// </summary>
    public void ReadEvictedFrom(IEvictedBlobs holders) => _evicted = holders;

    /// <summary>Returns true if a member is stored in a lane that lasts, so that records may refer to it.</summary>
    public bool IsStoredForGood(MemberKey key) => bytes.TryLocate(key, out _, lastingOnly: true);

    /// <summary>
    /// Returns true if a blob is stored here, where it lasts at least as long as a dataset, and is not known to be damaged.
    /// </summary>
    public ValueTask<bool> IsStoredAsync(SiteDataset dataset, BlobHash hash, CancellationToken ct) =>
        IsStoredForAsync(hash, DatasetLane.For(dataset), ct);

    /// <summary>Returns true if a blob is stored where it lasts at least as long as the lane.</summary>
    public async ValueTask<bool> IsStoredForAsync(BlobHash hash, Lane lane, CancellationToken ct)
    {
        if (bytes.TryLocate(MemberKey.Blob(hash), out _, lastingOnly: true))
        {
            return true;
        }

        return await Large.FindAsync(hash, ct) is { } large
            && (large.Expires is null || large.Expires >= DatasetLane.EndOf(lane))
            && IsWhole(large);
    }

    /// <summary>Returns true if all extents of a large blob are present, and none of them is known to be damaged.</summary>
    public bool IsWhole(LargeBlob blob) =>
        blob.Extents.All(extent => bytes.TryLocate(ExtentKeys.From(blob.Upload, extent), out MemberLocation location)
            && location.Crc32C == extent.Crc);

    /// <summary>Finds a blob, or returns null when it is not stored.</summary>
    /// <exception cref="HutchException">It is known to be damaged, or may belong to the missing bytes of the store.</exception>
    public async ValueTask<BlobContent?> FindAsync(BlobHash hash, CancellationToken ct) =>
        await FindStoredAsync(hash, null, ct) is { } content ? content
        : MayBeLost(MemberKey.Blob(hash)) ? throw Absent(MemberKey.Blob(hash))
        : null;

    /// <summary>
    /// Finds the bytes of a file that a version of a dataset names, or returns null when they have ended. In a dataset whose bytes last,
    /// none end while the dataset names them: if they are not found, they or the records are damaged.
    /// </summary>
    /// <exception cref="HutchException">
    /// They were temporary and have made room; or they are damaged, or missing from the store or from the records.
    /// </exception>
    public async ValueTask<BlobContent?> FindAsync(DatasetId dataset, BlobHash hash, CancellationToken ct)
    {
        if (await FindStoredAsync(hash, dataset, ct) is { } content)
        {
            content.Reading = dataset;
            return content;
        }

        SiteDataset? here = await DatasetAsync(dataset, ct);
        if (here?.Ended is not null)
        {
            return null;
        }

        if (here is not null && await FindEvictedAsync(here, hash, ct) is { } held)
        {
            return held;
        }

        MemberKey key = MemberKey.Blob(hash);
        if (!bytes.IsQuarantined(key) && await records.ReadConsistentAsync(queries => queries.MayHaveExpiredEarly(dataset), ct))
        {
            throw EarlyExpiry.Error.ToException();
        }

        if (MayBeLost(key))
        {
            throw Absent(key);
        }

        if (origin is not null || !await danglingReferences.IsNamedAsync(dataset, hash, ct))
        {
            return null;
        }

        return await FindStoredAsync(hash, dataset, ct) ?? throw Unplaced(dataset, hash); // it may have come meanwhile
    }

    /// <summary>
    /// Finds the bytes of a file at a path. A file that another site has not hashed comes from there by its path, never by its hash.
    /// </summary>
    /// <exception cref="HutchException">As the other overload.</exception>
    public ValueTask<BlobContent?> FindAsync(DatasetId dataset, DatasetPath path, Entry entry, CancellationToken ct)
    {
        return entry.IsPending && origin is not null
            ? new ValueTask<BlobContent?>(new BlobContent(this, origin.FindUnhashed(path, entry)))
            : FindAsync(dataset, entry.Hash, ct);
    }

    /// <summary>
    /// Finds a blob at a site that holds it: its dataset was evicted after the blob was found here. Null for one that is not evicted.
    /// </summary>
    internal async ValueTask<BlobContent?> FindEvictedAsync(DatasetId dataset, BlobHash hash, CancellationToken ct) =>
        await DatasetAsync(dataset, ct) is { Ended: null } here ? await FindEvictedAsync(here, hash, ct) : null;

    /// <summary>Finds an evicted blob at a site that holds it; null if the evicted versions do not name it.</summary>
    private async ValueTask<BlobContent?> FindEvictedAsync(SiteDataset dataset, BlobHash hash, CancellationToken ct)
    {
        if (dataset.Eviction?.IsAway() != true || await Places.FindAsync(dataset, hash, ct) is not { } match)
        {
            return null;
        }

        if (RelianceRule.FindEvicted(dataset, hash) is { } refusal)
        {
            throw refusal.ToException();
        }

        if (dataset.Eviction!.Reproduction is not null)
        {
            return null; // one that was kept
        }

        return _evicted is { } others
            ? new BlobContent(this, others.Find(dataset.Id, dataset.Eviction!, match.Page, match.Blob))
            : throw ErrorCode.Unavailable.With(
                $"The bytes of '{dataset.Owner}/{dataset.Slug}' are held by other sites, which this server cannot ask now.").ToException();
    }

    private HutchException Unplaced(DatasetId dataset, BlobHash hash)
    {
        danglingReferences.Report(dataset, hash);
        return ErrorCode.Quarantined.With(
            $"The stored bytes of {hash} are not found, although the dataset has them: the server's records of it may be damaged.")
            .ToException();
    }

    private async ValueTask<BlobContent?> FindStoredAsync(BlobHash hash, DatasetId? reading, CancellationToken ct)
    {
        if (bytes.TryLocate(MemberKey.Blob(hash), out MemberLocation location))
        {
            return new BlobContent(this, hash, location.Length, null, location.IsTransient);
        }

        if (await Large.FindAsync(hash, ct) is { } large)
        {
            return new BlobContent(this, hash, large.Size, large, large.Expires is not null);
        }

        if (await FindInFolderAsync(hash, reading, ct) is { } file)
        {
            return file;
        }

        return origin is not null && await origin.FindAsync(hash, ct) is { } foreign ? new BlobContent(this, foreign) : null;
    }

    /// <summary>Returns true if a member is neither present nor known to be damaged.</summary>
    internal bool HasEnded(MemberKey key) => !bytes.TryLocate(key, out _) && !bytes.IsQuarantined(key);

    internal bool IsDamaged(MemberKey key) => bytes.IsQuarantined(key) || bytes.IsIncomplete;

    private bool MayBeLost(MemberKey key) => IsDamaged(key) || bytes.WasCut;

    /// <summary>Returns the error for a named member that is not found.</summary>
    internal HutchException Absent(MemberKey key) => MayBeLost(key)
        ? Damaged(key, null)
        : ErrorCode.Gone.With($"{key} is no longer stored.").ToException();

    /// <summary>
    /// Returns the error for a page of a tree that is not found. It does not end while a version names it, so it never looks to a client as
    /// if its files had been deleted.
    /// </summary>
    internal HutchException LostPage(BlobHash page)
    {
        MemberKey key = MemberKey.Blob(page);
        return MayBeLost(key)
            ? Damaged(key, null)
            : ErrorCode.Quarantined.With(
                $"The page {page} with a part of a directory is not found, although a version has it: the store or its records may be "
                + "damaged.", "page", page.ToString()).ToException();
    }

    /// <summary>Finds a blob; null when it is not stored, or known to be damaged in any part.</summary>
    public async ValueTask<BlobContent?> FindWholeAsync(BlobHash hash, CancellationToken ct)
    {
        if (bytes.TryLocate(MemberKey.Blob(hash), out MemberLocation location))
        {
            return new BlobContent(this, hash, location.Length, null, location.IsTransient);
        }

        return await Large.FindAsync(hash, ct) is { } large && IsWhole(large)
            ? new BlobContent(this, hash, large.Size, large, large.Expires is not null)
            : await FindInFolderAsync(hash, null, ct);
    }

    /// <summary>
    /// Finds an undamaged blob that is stored here in a lane that lasts; null for all others, such as files in a facility's folder.
    /// </summary>
    public async ValueTask<BlobContent?> FindPermanentAsync(BlobHash hash, CancellationToken ct)
    {
        if (bytes.TryLocate(MemberKey.Blob(hash), out MemberLocation location, lastingOnly: true))
        {
            return new BlobContent(this, hash, location.Length, null, isTemporary: false);
        }

        return await Large.FindAsync(hash, ct) is { Expires: null } large && IsWhole(large)
            ? new BlobContent(this, hash, large.Size, large, isTemporary: false)
            : null;
    }

    /// <summary>Returns the bytes of an in-place file.</summary>
    public BlobContent From(FolderFile file) => new(this, new FolderBlob(folders, file));

    /// <summary>Finds the bytes of an in-place file; null for none. Files whose bytes other sites hold come from there.</summary>
    internal async ValueTask<BlobContent?> FindInFolderAsync(BlobHash hash, DatasetId? reading, CancellationToken ct) =>
        await folders.FindAsync(hash, reading, ct) is not { } file ? null
        : file.IsAway && await FindEvictedAsync((await DatasetAsync(file.Dataset, ct))!, hash, ct) is { } held ? held
        : From(file);

    private ValueTask<SiteDataset?> DatasetAsync(DatasetId id, CancellationToken ct) =>
        records.ReadConsistentAsync(queries => queries.Dataset(id), ct);

    /// <summary>Reads a member of at most 8 MiB whole and checks it.</summary>
    /// <param name="destination">At least as long as the member.</param>
    /// <param name="inPassing">True if it is not expected to be read again soon, so that it need not stay in the system's memory.</param>
    /// <exception cref="HutchException">It is missing or damaged.</exception>
    public ValueTask<int> ReadMemberAsync(MemberKey key, Memory<byte> destination, bool inPassing, CancellationToken ct) =>
        ReadAsync(key, null, destination, inPassing, ct);

    /// <summary>Reads an extent that a record names, and checks it.</summary>
    /// <param name="upload">The upload that wrote it, unless it names another.</param>
    /// <param name="destination">At least as long as the extent.</param>
    /// <param name="inPassing">True if it is not expected to be read again soon, so that it need not stay in the system's memory.</param>
    /// <exception cref="HutchException">It is missing or damaged.</exception>
    public ValueTask<int> ReadExtentAsync(
        Guid upload, Extent extent, Memory<byte> destination, bool inPassing, CancellationToken ct)
    {
        return ReadAsync(ExtentKeys.From(upload, extent), extent.Crc, destination, inPassing, ct);
    }

    private async ValueTask<int> ReadAsync(MemberKey key, uint? crc, Memory<byte> destination, bool inPassing, CancellationToken ct)
    {
        const int MaxMoves = 5;
        IOException? damage = null;
        for (int attempt = 0; attempt < MaxMoves && bytes.TryLocate(key, out MemberLocation location); attempt++)
        {
            if (crc is { } recorded && location.Crc32C != recorded)
            {
                // Whole, but other bytes: another server wrote them under this name, and the right ones were found damaged.
                throw Damaged(key, damage);
            }

            try
            {
                await bytes.ReadVerifiedAsync(location, destination[..location.Length], inPassing, ct);
                RequestScope.Current?.NoteRead(location.Length);
                return location.Length;
            }
            catch (SegmentRetiredException)
            {
                // Compaction moved it between the look-up and the read: look again.
            }
            catch (QuarantinedException e)
            {
                // The look-up passes over it from now on: there may be another copy.
                damage = e;
            }
            catch (MemberOfflineException)
            {
                throw Offline.Recalling(new HashSet<long> { location.Segment });
            }
            catch (MemberUnreadableException e)
            {
                // A disk that fails once may not fail again.
                damage = e;
            }
        }

        throw damage is not null ? Damaged(key, damage) : Absent(key);
    }

    /// <summary>Drops a member from the system's memory, so that the next read comes from the disk.</summary>
    internal void DropCached(MemberKey key)
    {
        if (bytes.TryLocate(key, out MemberLocation location))
        {
            bytes.DropCached(location);
        }
    }

    /// <summary>
    /// As <see cref="ReadMemberAsync(MemberKey, Memory{byte}, bool, CancellationToken)"/>, for bytes that may be read again.
    /// </summary>
    public ValueTask<int> ReadMemberAsync(MemberKey key, Memory<byte> destination, CancellationToken ct) =>
        ReadMemberAsync(key, destination, inPassing: false, ct);

    /// <summary>
    /// Returns the bytes of extents, in order, in one buffer: for a body that came as extents and is small in the end. A small blob is
    /// always one member, however it came, since its size determines how it is stored.
    /// </summary>
    internal async Task<PayloadBuffer> GatherAsync(Guid upload, IEnumerable<Extent> extents, int size, CancellationToken ct)
    {
        PayloadBuffer buffer = await pool.RentAsync(size, ct);
        try
        {
            int filled = 0;
            foreach (Extent extent in extents)
            {
                filled += await ReadExtentAsync(upload, extent, buffer.Memory[filled..], inPassing: false, ct);
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Shows the bytes of extents in order; each piece is valid only while it is shown. The next one is read at the same time, if there is
    /// spare memory. For hashing: the same bytes are not expected to be read again soon.
    /// </summary>
    internal async Task FeedAsync(Guid upload, IReadOnlyList<Extent> extents, Action<ReadOnlySpan<byte>> take, CancellationToken ct)
    {
        Task<PayloadBuffer>? ahead = null;
        try
        {
            for (int i = 0; i < extents.Count; i++)
            {
                using PayloadBuffer buffer =
                    await (ahead ?? ReadInPassingAsync(await pool.RentAsync(extents[i].Length, ct), upload, extents[i], ct));
                ahead = i + 1 < extents.Count ? ReadAhead(upload, extents[i + 1], ct) : null;
                take(buffer.Span);
            }
        }
        finally
        {
            await DropAsync(ahead);
        }
    }

    private Task<PayloadBuffer>? ReadAhead(Guid upload, Extent extent, CancellationToken ct) =>
        pool.TryRent(extent.Length) is { } buffer
            ? Task.Run(() => ReadInPassingAsync(buffer, upload, extent, ct), CancellationToken.None)
            : null;

    private async Task<PayloadBuffer> ReadInPassingAsync(PayloadBuffer buffer, Guid upload, Extent extent, CancellationToken ct)
    {
        try
        {
            Place(buffer, ExtentKeys.From(upload, extent));
            await ReadExtentAsync(upload, extent, buffer.Memory, inPassing: true, ct);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Moves memory to where in a page a member is on the disk, for a read past the system's memory.</summary>
    internal void Place(PayloadBuffer buffer, MemberKey key)
    {
        if (bytes.TryLocate(key, out MemberLocation location))
        {
            buffer.BeginAt(location.Offset);
        }
    }

    private static async Task DropAsync(Task<PayloadBuffer>? ahead)
    {
        if (ahead is not null)
        {
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ahead.IsCompletedSuccessfully)
            {
                (await ahead).Dispose();
            }
        }
    }

    /// <exception cref="HutchException">It is present, but known to be damaged.</exception>
    public int? MemberLength(MemberKey key) =>
        bytes.TryLocate(key, out MemberLocation location)
            ? location.Length
            : bytes.IsQuarantined(key) ? throw Damaged(key, null) : null;

    private HutchException Damaged(MemberKey key, Exception? found) => new(
        found is MemberUnreadableException { IsAway: true }
            ? ErrorCode.Unavailable.With($"The store with the bytes of {key} does not answer now. Try again later.")
            : ErrorCode.Quarantined.With(found is MemberUnreadableException
            ? $"The server's disk cannot read the stored bytes of {key}. "
                + "Try again, and tell the operator if it keeps failing."
            : found is not null || bytes.IsQuarantined(key)
            ? $"The stored bytes of {key} are damaged. They were put in quarantine and were not served."
            : $"The stored bytes of {key} are not there: they may have been in a part of the store that was lost."),
        found);
}
