using Hutch.Cluster.Bytes.Packing;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// The last step of a purge in shared storage. It deletes the condemned objects, and removes the names of their members and the records
/// that a checkpoint has from the rows of the log.
/// </summary>
internal sealed class PurgedRows(CollectedBucket bucket, ICollectionLease lease)
{
    private const int Tries = 20;

    private static readonly TimeSpan TryEvery = TimeSpan.FromMilliseconds(250);

    public async Task RemoveAsync(long covered, CancellationToken ct)
    {
        // Before an old location is deleted, the moved members are in the bucket again and every server knows their new location.
        await bucket.WaitForPackedAsync(lease, bucket.View.Applied.Number, ct);
        while (!await lease.TryTrimAsync(covered, ct) || !await lease.TryRewriteAsync(covered, Redact, ct))
        {
            // A server has joined: it is waited for as the others were.
            await Task.Delay(TryEvery, bucket.Time, ct);
        }

        await DeleteAsync(bucket.View.Applied.Number, ct);
    }

    /// <summary>Deletes the objects that rows up to the given one condemned without a retention time.</summary>
    private async Task DeleteAsync(long through, CancellationToken ct)
    {
        var sweep = new ObjectSweep(lease, bucket.Objects, bucket.View, keepCondemned: null, bucket.Time);
        for (int i = 0; i < Tries; i++)
        {
            await bucket.WaitForPackedAsync(lease, through, ct);
            _ = await sweep.RunAsync(ct);
            if (bucket.View.Read(queries => queries.Condemned(CondemnedObject.DueAtOnce, through, 1)).Count == 0)
            {
                return;
            }

            await Task.Delay(TryEvery, bucket.Time, ct);
        }

        throw new StorageRefusedException($"The object store {bucket.Objects.Name} does not remove objects on request.");
    }

    /// <summary>
    /// Returns the directory without the names of lost members and extents, and without the members that it relied upon. A collection only
    /// needs the latter from rows after its beginning.
    /// </summary>
    private LogDirectory? Redact(long row, LogDirectory directory)
    {
        bool isGone = bucket.View.Read(queries => !queries.HasRow(row));
        List<StoredExtent> extents = directory.Extents.Count == 0
            ? []
            : [.. directory.Extents.Where(IsThere)];
        return (isGone && directory.Members.Count > 0) || extents.Count < directory.Extents.Count || directory.ReliedUpon.Count > 0
            ? directory with { Members = isGone ? [] : directory.Members, Extents = extents, ReliedUpon = [] }
            : null;

        bool IsThere(StoredExtent extent) =>
            bucket.View.Read(queries => queries.Find(ObjectNames.For(extent))) is { CondemnedSince: null };
    }
}
