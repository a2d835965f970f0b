using System.IO.Pipelines;
using Hutch.Site.Life.Quotas;
using Hutch.Site.Write.Repositories;
using Hutch.Storage;

namespace Hutch.Datasets.Repositories;

/// <summary>Stores the content of keys that comes in one request, for callers with the right to change the dataset.</summary>
public sealed class KeyIntake(
    RepositoryService repositories, Reauthorizer reauthorizer, RepositoryWriter writer, BlobIntake intake, DatasetLanes lanes,
    OwnerQuotas quotas)
{
    /// <summary>Stores the content of a key. It is durable on return.</summary>
    /// <param name="length">The number of bytes, when that is known.</param>
    /// <param name="verify">Returns the keys of the received bytes, or the reason that they do not match.</param>
    /// <param name="ct">Cancels; then nothing is stored.</param>
    public async Task<Result<Done>> StoreKeysAsync(
        Caller caller, DatasetId id, PipeReader content, long? length, Func<BlobHash, long, Result<IReadOnlyList<StoredKey>>> verify,
        CancellationToken ct)
    {
        Result<SiteDataset> dataset = await repositories.FindWritableAsync(caller, id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (length is long bytes && await quotas.FindRefusalAsync(id, bytes, ct) is { } tooMuch)
        {
            return tooMuch;
        }

        Result<Lane> lane = await lanes.ForWritingAsync(id, ct);
        Result<ReceivedBlob> received = lane.IsOk ? await intake.ReceiveAsync(content, length, lane.Value, ct) : lane.Error;
        if (!received.IsOk)
        {
            return received.Error;
        }

        using ReceivedBlob blob = received.Value;
        Result<IReadOnlyList<StoredKey>> keys = verify(blob.Hash, blob.Size);
        return !keys.IsOk ? keys.Error
            : await reauthorizer.CheckAsync(caller, id, ct) is { } lost ? lost
            : await writer.StoreKeysAsync(id, keys.Value, blob, caller.Name, ct);
    }
}
