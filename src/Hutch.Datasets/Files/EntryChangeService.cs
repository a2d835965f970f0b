using System.IO.Pipelines;
using Hutch.Formats.NxMx;
using Hutch.Site.Life.Quotas;
using Hutch.Site.Write.Entries;
using Hutch.Storage;

namespace Hutch.Datasets.Files;

/// <summary>Puts and removes entries, after a check of the caller's rights.</summary>
public sealed class EntryChangeService(
    Reauthorizer reauthorizer, Authorizer authorizer, EntryWriter entries, BlobIntake intake, RecentBlobs recentBlobs, DatasetLanes lanes,
    OwnerQuotas quotas, TimeProvider time)
{
    /// <summary>Sets metadata from headers of series; null to set none.</summary>
    internal HeaderMetadata? Headers { get; init; }

    /// <summary>Puts a file. Returns after it is durable and visible.</summary>
    public async Task<Result<StoredEntry>> PutFileAsync(Caller caller, DatasetId id, PutFile file, CancellationToken ct)
    {
        if (Headers is not { } headers || !HeaderMetadata.IsSetBy(caller, file.Path))
        {
            return await PutOneAsync(caller, id, file, ct);
        }

        if (await FindRefusalAsync(caller, id, ct) is { } refusal)
        {
            return refusal;
        }

        SeriesMetadata? before = await headers.FindAsync(id, ct);
        Result<StoredEntry> put = await PutOneAsync(caller, id, file, ct);
        if (put.IsOk)
        {
            await headers.SetAsync(caller, id, before, ct);
        }

        return put;
    }

    private async Task<Result<StoredEntry>> PutOneAsync(Caller caller, DatasetId id, PutFile file, CancellationToken ct)
    {
        Result<Lane> lane = await WritableLaneAsync(caller, id, file.Path, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        Result<Done> valid = EntryRules.CheckNew(file.Path, file.Attributes);
        if (!valid.IsOk)
        {
            return valid.Error;
        }

        if (file.Length is long length && await quotas.FindRefusalAsync(id, length, ct) is { } tooMuch)
        {
            return tooMuch;
        }

        RecentBlob? recent = FrameName.TryParse(file.Path.Value, out _) ? recentBlobs.Begin(id) : null;
        Result<ReceivedBlob> received = await intake.ReceiveAsync(file.Body, file.Length, lane.Value, recent, ct);
        if (!received.IsOk)
        {
            return received.Error;
        }

        using ReceivedBlob blob = received.Value;
        if (file.Digest is { } announced && announced != blob.Hash)
        {
            return ErrorCode.DigestMismatch.With(
                $"The bytes received for {Display.Quote(file.Path.Value)} have the SHA-256 {blob.Hash}, not {announced}. "
                + "Nothing was stored; send the file again.");
        }

        Result<Entry> attributes = file.Complete is { } complete ? complete(blob.Hash).Then(Checked) : file.Attributes;
        if (!attributes.IsOk)
        {
            return attributes.Error;
        }

        if (await reauthorizer.CheckAsync(caller, id, ct) is { } lost)
        {
            return lost;
        }

        Entry entry = Timed(attributes.Value) with { Hash = blob.Hash, Size = blob.Size };
        Result<bool> put = await entries.PutAsync(id, file.Path, entry, blob, file.Condition, ct);
        return put.IsOk ? new StoredEntry(entry, put.Value) : put.Error;
    }

    /// <summary>Puts a symbolic link or an empty directory.</summary>
    public async Task<Result<StoredEntry>> PutAsync(
        Caller caller, DatasetId id, DatasetPath path, Entry entry, EntryCondition condition, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, path, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<Done> valid = EntryRules.CheckNew(path, entry);
        if (!valid.IsOk)
        {
            return valid.Error;
        }

        Entry timed = Timed(entry);
        Result<bool> put = await entries.PutAsync(id, path, timed, null, condition, ct);
        return put.IsOk ? new StoredEntry(timed, put.Value) : put.Error;
    }

    public async Task<Result<Done>> RemoveAsync(
        Caller caller, DatasetId id, DatasetPath path, EntryCondition condition, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, path, ct);
        return access.IsOk
            ? (await entries.RemoveAsync(id, path, condition, ct)).Then<Done>(_ => Done.Value)
            : access.Error;
    }

    /// <summary>Returns the reason that the caller cannot change the files of a dataset; null if it can.</summary>
    public async ValueTask<HutchError?> FindRefusalAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, ct);
        return access.Error ?? (await lanes.ForWritingAsync(id, ct)).Error;
    }

    /// <summary>Returns the reason that the caller cannot change anything at a path of a dataset; null if it can.</summary>
    public async ValueTask<HutchError?> FindRefusalAsync(Caller caller, DatasetId id, DatasetPath path, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, path, ct);
        return access.Error ?? (await lanes.ForWritingAsync(id, ct)).Error;
    }

    /// <summary>The entry with a time: now, when it has none.</summary>
    internal Entry Timed(Entry entry) =>
        entry.ModifiedNanoseconds != 0 ? entry : entry with { ModifiedNanoseconds = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000 };

    /// <summary>The lane that the caller may write the bytes of a file to.</summary>
    internal async ValueTask<Result<Lane>> WritableLaneAsync(Caller caller, DatasetId id, DatasetPath path, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, path, ct);
        return access.IsOk ? await lanes.ForWritingAsync(id, path, ct) : access.Error;
    }

    private static Result<Entry> Checked(Entry entry) => EntryRules.Check(entry).Then<Entry>(_ => entry);
}

public sealed record PutFile
{
    public required DatasetPath Path { get; init; }

    public required PipeReader Body { get; init; }

    /// <summary>The announced length in bytes; null without one.</summary>
    public long? Length { get; init; }

    /// <summary>The SHA-256 that was announced; checked before anything becomes visible.</summary>
    public BlobHash? Digest { get; init; }

    /// <summary>Media type, times, metadata; hash and size are filled in. Without a time, now is taken.</summary>
    public required Entry Attributes { get; init; }

    /// <summary>
    /// Asked when all bytes have come in and before anything becomes visible: gives the attributes as far as they are known only then,
    /// or refuses, so that nothing is stored. Null: <see cref="Attributes"/> is all.
    /// </summary>
    public Func<BlobHash, Result<Entry>>? Complete { get; init; }

    public EntryCondition Condition { get; init; } = EntryCondition.None;
}

/// <summary>The entry at a path after a put.</summary>
/// <param name="IsNew">True if the path was free before.</param>
public sealed record StoredEntry(Entry Entry, bool IsNew);
