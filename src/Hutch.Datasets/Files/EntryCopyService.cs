using Hutch.Site.Write.Entries;
using Hutch.Storage;

namespace Hutch.Datasets.Files;

/// <summary>Copies entries inside the server, after a check of the caller's rights.</summary>
public sealed class EntryCopyService(EntryChangeService changes, EntryWriter entries, BlobStore blobs, OperationTracker operations)
{
    /// <summary>Puts a copy of an opened entry: by reference where the bytes last long enough, else copied inside the server.</summary>
    /// <param name="caller">The caller, with the right to write the target.</param>
    /// <param name="attributes">The attributes of the copy, without its bytes; the time defaults to now.</param>
    public async Task<Result<StoredEntry>> CopyAsync(
        Caller caller, OpenedEntry source, DatasetId target, DatasetPath path,
        Entry attributes, EntryCondition condition, CancellationToken ct)
    {
        // A copy out of a facility's folder is stored, and hashed on the way.
        attributes = attributes with { IsPending = false };
        if (source.Content is not { } content)
        {
            return await changes.PutAsync(caller, target, path, attributes, condition, ct);
        }

        Result<Lane> lane = await changes.WritableLaneAsync(caller, target, path, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        // During this operation, the blob that was found is not collected.
        using IDisposable operation = operations.Begin();
        var blob = content as BlobContent;

        // A hash is no capability: the home of a dataset that is read through could name what this site has for others only.
        if (blob?.IsOf(blobs) == true && await blobs.IsStoredForAsync(blob.Hash, lane.Value, ct))
        {
            Entry copy = changes.Timed(attributes) with { Hash = blob.Hash, Size = content.Size };
            Result<Done> valid = EntryRules.CheckNew(path, copy);
            Result<bool> put = valid.IsOk ? await entries.PutAsync(target, path, copy, null, condition, ct) : valid.Error;
            if (put.IsOk || put.Error.Code != ErrorCode.Gone)
            {
                return put.Then<StoredEntry>(isNew => new StoredEntry(copy, isNew));
            }
        }

        await using var bytes = new ContentPipe(content, 0, content.Size, ct);
        var file = new PutFile
        {
            Path = path,
            Body = bytes.Reader,
            Length = content.Size,
            Digest = source.Entry.IsPending ? null : blob?.Hash,
            Attributes = attributes,
            Condition = condition,
        };
        return await changes.PutFileAsync(caller, target, file, ct);
    }
}
