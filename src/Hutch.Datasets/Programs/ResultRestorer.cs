using Hutch.Site.Replication.Evicting;

namespace Hutch.Datasets.Programs;

/// <summary>Ends the eviction of a dataset whose bytes a rerun has computed again.</summary>
/// <param name="attester">Reads all bytes from the disk and compares them with their hashes.</param>
internal sealed class ResultRestorer(Evictions evictions, GarbageCollector collector, Attester attester)
{
    /// <summary>
    /// Ends the eviction when every file was found here with its hash; otherwise returns the reason, and the eviction stays as it was.
    /// After a stop it can be done again; once more, it changes nothing.
    /// </summary>
    public async Task<HutchError?> RestoreAsync(DatasetId id, Guid run, CancellationToken ct)
    {
        if (await evictions.FindAsync(id, ct) is not { Eviction: { Reproduction: { } proved } away } || !away.IsAway() || proved.Run != run)
        {
            // Another one was first.
            return null;
        }

        if (!(await evictions.BeginRestoreAsync(id, ct)).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        // A collection that began before ends now, and a later one knows that the bytes stay.
        await collector.WaitForCollectionAsync(ct);
        BlobHash nonce = dataset.Eviction!.Nonce;
        Result<Attested> read = await attester.ReadAsync(id, nonce, ct);
        if (read.Error?.Code == ErrorCode.Unavailable)
        {
            return read.Error;
        }

        return (await evictions.EndRestoreAsync(id, nonce, read.IsOk, ct)).Error ?? read.Error;
    }
}
