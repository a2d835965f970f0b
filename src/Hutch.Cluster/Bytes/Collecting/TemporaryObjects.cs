using Hutch.Site.Platform.Leases;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// Drops temporary data to free space in the bucket, the oldest first. The log records the drop and the objects are condemned. They are
/// deleted as soon as no server looks for them. Rows in no pack yet neither count nor are dropped.
/// </summary>
/// <param name="turnOf">Gives the holder of a lease the right to condemn.</param>
internal sealed class TemporaryObjects(Func<IJobLease, ICollectionLease> turnOf, MemberView view, EngineSite site) : ITemporaryBytes
{
    private const int Tries = 3;

    private readonly TemporaryLanes _lanes = new(view, site);
    private readonly TemporaryDrop _drop = new(site);

    public long Used => _lanes.Used;

    public async Task<EarlyExpired> DropOldestAsync(IJobLease lease, long maxBytes, CancellationToken ct)
    {
        _ = (await site.Committer.CatchUpAsync(ct)).Value;
        var condemnation = new Condemnation(turnOf(lease), view, site);
        if (Used > maxBytes)
        {
            await _lanes.DropExpiredAsync(condemnation, ct);
        }

        var made = new EarlyExpired(0, 0);
        var oldest = new OldestTemporary(view);
        while (Used - maxBytes is > 0 and var excess && oldest.Next(excess) is { } part)
        {
            ct.ThrowIfCancellationRequested();
            if (await DropAsync(part, condemnation, ct) is { } dropped)
            {
                made = new EarlyExpired(made.Files + dropped.Files, made.Bytes + dropped.Bytes);
            }
        }

        return made;
    }

    /// <summary>
    /// Drops a part of the data: the log records it and forgets the large blobs in it, then the objects are condemned. A stop in between
    /// leaves bytes that nothing refers to, and the next check drops them.
    /// </summary>
    /// <returns>The dropped data; null when something in it is being made permanent, or commits repeatedly rely on it.</returns>
    private async Task<EarlyExpired?> DropAsync(TemporaryPart part, Condemnation condemnation, CancellationToken ct)
    {
        var made = new EarlyExpired(0, 0);
        for (int i = 0; i < Tries; i++)
        {
            // Read before the contents: rows that are appended during the check are checked again.
            long known = view.Applied.Number;
            if (part.FindOldest(view) is not { } portion || await _drop.AnnounceAsync(portion, ct) is not { } announced)
            {
                return null;
            }

            made = new EarlyExpired(made.Files + announced.Files, made.Bytes + announced.Bytes);
            if (await condemnation.TryAsync(part.Names, isDueAtOnce: true, known, part.IsAgainst(portion), ct))
            {
                return made;
            }
        }

        return null;
    }
}
