using Hutch.Site.Platform.Fairness;
using Hutch.Site.Platform.Locks;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Write.Uploads;

/// <summary>
/// Files that come in parts, in any order and several at once. A part is written once, as extents; completing the upload names them and
/// rewrites no byte. An incomplete upload is never visible, and is garbage once it was given up.
/// </summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class PartUploads(
    Committer committer,
    SiteDatabase records,
    BlobStore blobs,
    EntryWriter entries,
    DatasetLanes lanes,
    OperationTracker operations,
    BlobOptions options,
    Func<Guid> newId) : IDisposable
{
    public const int MaxParts = 10_000;

    /// <summary>The most concurrent uploads of one dataset.</summary>
    public const int MaxUploadsPerDataset = 10_000;

    private const int LeastExtentBytes = 2 << 20;

    private readonly KeyedLock<Guid> _completions = new();
    private readonly UploadHashes _hashes = new(blobs);

    /// <param name="attributes">Its attributes apart from its bytes.</param>
    /// <param name="checksum">The chosen checksum, in the format of the door.</param>
    public Task<Result<SiteUpload>> StartAsync(
        DatasetId dataset, DatasetPath path, Entry attributes, string? checksum, string by, CancellationToken ct) => committer.CommitAsync(
        context => context.WritableDataset(dataset).Then<SiteUpload>(writable =>
        {
            if (context.Queries.UploadsOf(writable.Key).Count >= MaxUploadsPerDataset)
            {
                return ErrorCode.TooManyRequests.With(
                    $"{MaxUploadsPerDataset} uploads into '{writable.Owner}/{writable.Slug}' are in progress, the maximum. "
                    + "Complete or abort some of them.");
            }

            Guid id = newId();
            context.Emit(new JournalRecord.UploadStarted(id, dataset, path, attributes, checksum, by));
            return context.Queries.Upload(id)!;
        }),
        [],
        ct);

    public async ValueTask<Result<SiteUpload>> FindAsync(Guid upload, CancellationToken ct) =>
        await records.ReadAsync(queries => queries.Upload(upload), ct) is { } found ? found : Ended(upload);

    /// <summary>Returns the stored parts after a number, in the order of their numbers.</summary>
    public ValueTask<IReadOnlyList<SiteUploadPart>> PartsAsync(SiteUpload upload, int after, int limit, CancellationToken ct)
    {
        return records.ReadAsync(queries => queries.UploadParts(upload.Id, after, limit), ct);
    }

    /// <summary>Returns the uploads into a dataset after the given one, in the order of path and id.</summary>
    public ValueTask<IReadOnlyList<SiteUpload>> ListAsync(
        DatasetId dataset, string afterPath, string afterId, int limit, CancellationToken ct) =>
        records.ReadConsistentAsync(
            queries => queries.DatasetKey(dataset) is long key ? queries.Uploads(key, afterPath, afterId, limit) : [], ct);

    /// <summary>Takes in a part. Returns after it is durable; the same number again replaces the earlier part.</summary>
    /// <param name="number">The number of the part, 1 to <see cref="MaxParts"/>.</param>
    /// <param name="complete">
    /// Called when all bytes have come: returns the checksum to keep, in the format of the door, or a refusal.
    /// </param>
    /// <param name="ct">Cancels; the written bytes are garbage then.</param>
    public async Task<Result<SiteUploadPart>> PutPartAsync(
        SiteUpload upload, int number, PipeReader body, long? length, Func<ValueTask<Result<string?>>> complete, CancellationToken ct)
    {
        if (number is < 1 or > MaxParts)
        {
            return ErrorCode.BadRequest.With($"Part numbers are 1 to {MaxParts}.");
        }

        // Until its record is committed, the collector must not take the extents for garbage.
        using IDisposable operation = operations.Begin();
        Result<Lane> lane = await lanes.ForWritingAsync(upload.Dataset, upload.Path, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        // Before its body, so that refused parts write nothing; the commit decides.
        if (length is > 0 and long announced && await records.ReadConsistentAsync(
            queries => QuotaLedger.FindRefusalOfSent(
                queries, upload.Dataset,
                SiteUploadPart.Counted(announced) - (queries.UploadPart(upload.Id, number)?.CountedBytes ?? 0)), ct) is { } tooMuch)
        {
            return tooMuch;
        }

        try
        {
            return await ReceivePartAsync(upload, number, body, length, lane.Value, complete, ct);
        }
        catch (StorageRefusedException e)
        {
            return RefusedWrite.From(e, "The part was not stored. Tell the operator.");
        }
        catch (StorageUnknownOutcomeException)
        {
            return ErrorCode.OutcomeUnknown.With("The disk did not confirm the write. Send the part again.");
        }
    }

    /// <summary>Puts the file: its bytes are the parts in order. Returns after it is durable and visible.</summary>
    /// <param name="parts">The parts that make the file, in order, as they were listed.</param>
    /// <param name="attributes">Returns the file's attributes, for the hash of its bytes.</param>
    /// <param name="findRefusal">
    /// Called when the hash is finished: returns the refusal if the file may no longer be put; null otherwise.
    /// </param>
    /// <param name="ct">Cancels while the hash is finished.</param>
    public async Task<Result<Entry>> CompleteAsync(
        SiteUpload upload,
        IReadOnlyList<SiteUploadPart> parts,
        Func<BlobHash, Entry> attributes,
        EntryCondition condition,
        Func<ValueTask<HutchError?>> findRefusal,
        CancellationToken ct)
    {
        using IDisposable operation = operations.Begin();
        using IDisposable lockHandle = await _completions.EnterAsync(upload.Id, ct);
        Result<Lane> lane = await lanes.ForWritingAsync(upload.Dataset, upload.Path, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        if (parts.Any(part => part.Extents.Any(extent => blobs.HasEnded(MemberKey.Extent(part.Part, extent.Offset)))))
        {
            return EarlyExpiry.OfUpload;
        }

        BlobHash hash = await _hashes.FinishAsync(upload.Id, parts, ct);
        if (await findRefusal() is { } refusal)
        {
            return refusal;
        }

        long size = parts.Sum(part => part.Size);
        List<Extent> extents = Join(parts);
        bool isLarge = size > blobs.Bytes.MaxSmallBytes;
        PayloadBuffer? small = size == 0 || isLarge ? null : await blobs.GatherAsync(upload.Id, extents, (int)size, ct);
        using ReceivedBlob blob = isLarge
            ? ReceivedBlob.Large(new JournalRecord.BlobAssembled(hash, size, upload.Id, extents, EndOf(parts)))
            : ReceivedBlob.Small(hash, (int)size, small, lane.Value);
        Entry entry = attributes(hash) with { Hash = hash, Size = size };
        var end = new ExtraRecords(
            context => StillHas(context, upload, parts), context => context.Emit(new JournalRecord.UploadEnded(upload.Id)));
        Result<bool> put = await entries.PutAsync(upload.Dataset, upload.Path, entry, blob, condition, end, ct);
        if (!put.IsOk)
        {
            return put.Error;
        }

        _hashes.Remove(upload.Id);
        return entry;
    }

    /// <summary>Gives an upload up: its parts are garbage.</summary>
    public Task<Result<Done>> AbortAsync(Guid upload, CancellationToken ct) => AbortAsync(upload, static (_, _) => true, ct);

    /// <summary>Does the same if the condition still holds when the commit is decided; otherwise a conflict.</summary>
    internal async Task<Result<Done>> AbortAsync(Guid upload, Func<CommitContext, SiteUpload, bool> isStillSo, CancellationToken ct)
    {
        Result<Done> aborted = await committer.CommitAsync<Done>(
            context =>
            {
                if (context.Queries.Upload(upload) is not { } found)
                {
                    return Ended(upload);
                }

                if (!isStillSo(context, found))
                {
                    return ErrorCode.Conflict.With($"The upload {upload:N} was changed by another request. Nothing was done.");
                }

                context.Emit(new JournalRecord.UploadEnded(upload));
                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);
        _hashes.Remove(upload);
        return aborted;
    }

    /// <summary>Ends the background hashing of uploads.</summary>
    public void Dispose() => _hashes.Dispose();

    private async Task<Result<SiteUploadPart>> ReceivePartAsync(
        SiteUpload upload, int number, PipeReader body, long? length, Lane lane,
        Func<ValueTask<Result<string?>>> complete, CancellationToken ct)
    {
        using UploadHash.HashLock? hashLock = _hashes.TryFollow(upload.Id, number);
        Lane extents = lane.IsTransient ? lane : Lane.Bulk;
        int extentBytes = options.ExtentBytesOf(length, Math.Max(LeastExtentBytes, blobs.Bytes.LeastExtentBytes));
        await using var writer = new ExtentWriter(blobs.Bytes, blobs.Pool, extents, newId(), extentBytes, hashLock?.Hash, blobs.Work);
        RequestScope.Current?.Expect(length ?? 0);
        await writer.ReceiveAsync(body, ct);
        if (length is long announced && announced != writer.Size)
        {
            return ErrorCode.BadRequest.With(
                $"The body ended after {writer.Size} of {announced} bytes. The part was not stored; send it again.");
        }

        Result<string?> checksum = await complete();
        if (!checksum.IsOk)
        {
            return checksum.Error;
        }

        await writer.CompleteAsync(ct);
        var stored = new JournalRecord.UploadPartStored(
            upload.Id, number, writer.Upload, writer.Size, writer.Extents, checksum.Value, DatasetLane.EndOf(extents));
        Result<SiteUploadPart> part = await committer.CommitAsync<SiteUploadPart>(
            context =>
            {
                if (context.Queries.Upload(upload.Id) is null)
                {
                    return Ended(upload.Id);
                }

                context.Emit(stored);
                return context.Queries.UploadPart(upload.Id, number)!;
            },
            [],
            ct);
        if (part.IsOk)
        {
            hashLock?.Commit(part.Value);
            _hashes.Record(upload.Id, part.Value);
        }

        return part;
    }

    /// <summary>
    /// Checks the parts again in the commit, as another request may have replaced a part or ended the upload since the list.
    /// </summary>
    private static HutchError? StillHas(CommitContext context, SiteUpload upload, IReadOnlyList<SiteUploadPart> parts)
    {
        if (context.Queries.Upload(upload.Id) is null)
        {
            return Ended(upload.Id);
        }

        Dictionary<int, Guid> current = context.Queries.UploadParts(upload.Id, 0, MaxParts).ToDictionary(
            part => part.Number, part => part.Part);
        return parts.All(part => current.GetValueOrDefault(part.Number) == part.Part)
            ? null
            : ErrorCode.Conflict.With("A part was replaced while the upload was being completed. List the parts and complete it again.");
    }

    private static List<Extent> Join(IReadOnlyList<SiteUploadPart> parts)
    {
        var extents = new List<Extent>();
        long offset = 0;
        foreach (SiteUploadPart part in parts)
        {
            extents.AddRange(
                part.Extents.Select(extent => new Extent(offset + extent.Offset, extent.Length, extent.Crc, part.Part, extent.Offset)));
            offset += part.Size;
        }

        return extents;
    }

    private static long? EndOf(IReadOnlyList<SiteUploadPart> parts) => parts.Min(part => part.Expires);

    private static HutchError Ended(Guid upload) =>
        ErrorCode.NotFound.With($"There is no upload {upload:N} in progress: it was completed, aborted or has expired.");
}
