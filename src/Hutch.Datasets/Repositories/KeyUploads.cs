using System.IO.Pipelines;
using System.Text;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Blobs;
using Hutch.Site.Pushes;
using Hutch.Site.Repositories;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Datasets.Repositories;

/// <summary>
/// Uploads of the content of large keys in as many requests as it takes: what came is durable, and whoever sent it goes on behind it, also
/// after a restart of either side. Each is a push session of its own, which ends with the upload.
/// </summary>
public sealed class KeyUploads(
    RepositoryService repositories, RightRecheck lasting, SiteDatabase records, PushSessions pushes, RepositoryWriter writer,
    BlobStore blobs)
{
    private const int UploadIdLength = 32;

    /// <summary>Says what the bytes of a blob stand for, or why they do not.</summary>
    public delegate Task<Result<IReadOnlyList<HeldKey>>> Check(BlobContent content, BlobHash hash, CancellationToken ct);

    /// <summary>How many bytes of a key have come.</summary>
    public async Task<Result<long>> FindOffsetAsync(Caller caller, DatasetId id, string key, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await repositories.FindWritableAsync(caller, id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        SiteSession? session = await FindAsync(caller, dataset.Value, UploadOf(key), ct);
        return session is null
            ? 0L
            : (await pushes.UploadStateAsync(session, UploadOf(key), ct)).Then<long>(static state => state.Offset);
    }

    /// <summary>
    /// Takes in the next bytes of a key; with the last, all of them are checked against it. What came stays when the body is cut.
    /// </summary>
    /// <param name="caller">Who brings them.</param>
    /// <param name="id">The dataset.</param>
    /// <param name="key">The key.</param>
    /// <param name="size">The bytes of all of it.</param>
    /// <param name="offset">Where the body begins: where the upload stands.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="check">What the bytes stand for.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many bytes have come.</returns>
    public async Task<Result<long>> ContinueAsync(
        Caller caller, DatasetId id, string key, long size, long offset, PipeReader body, Check check, CancellationToken ct)
    {
        Result<SiteDataset> dataset = await repositories.FindWritableAsync(caller, id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        UploadKey upload = UploadOf(key);
        Result<SiteSession> session = await FindAsync(caller, dataset.Value, upload, ct) is { } begun
            ? begun
            : await pushes.StartAsync(id, dataset.Value.Snapshot, caller.Name, ct);
        Result<UploadState> state = session.IsOk
            ? await pushes.UploadAsync(session.Value, upload, size, offset, body, null, ct)
            : session.Error;
        return !state.IsOk ? state.Error
            : state.Value.Hash is not { } hash ? state.Value.Offset
            : (await FinishAsync(caller, session.Value, hash, check, ct)).Then<long>(_ => size);
    }

    private async Task<Result<Done>> FinishAsync(Caller caller, SiteSession session, BlobHash hash, Check check, CancellationToken ct)
    {
        BlobContent content = await blobs.FindAsync(session.Dataset, hash, ct)
            ?? throw ErrorCode.Gone.With("What was uploaded is no longer stored. Send it again.").ToException();
        Result<IReadOnlyList<HeldKey>> keys = await check(content, hash, ct);
        if (!keys.IsOk)
        {
            await pushes.AbortAsync(session.Id, session.Author, ct);
            return keys.Error;
        }

        return await lasting.FindLossAsync(caller, session.Dataset, ct) is { } lost
            ? lost
            : await writer.HoldAsync(session, keys.Value, hash, ct);
    }

    /// <summary>The session of a caller in which an upload was begun; null when there is none.</summary>
    private async ValueTask<SiteSession?> FindAsync(Caller caller, SiteDataset dataset, UploadKey upload, CancellationToken ct)
    {
        IReadOnlyList<Guid> begun = await records.ReadConsistentAsync<IReadOnlyList<Guid>>(
            queries => [.. queries.SessionsOf(dataset.Key).Where(id => queries.SessionUploadReach(id, upload.Name) is not null)], ct);
        foreach (Guid session in begun)
        {
            if ((await pushes.FindAsync(session, caller.Name, ct)).TryGet(out SiteSession? found, out _))
            {
                return found;
            }
        }

        return null;
    }

    private static UploadKey UploadOf(string key) =>
        UploadKey.Parse(BlobHash.Of(Encoding.UTF8.GetBytes(key)).ToString()[..UploadIdLength]).Value;
}
