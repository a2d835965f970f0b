using Hutch.Site.Engines;
using Hutch.Site.Leases;
using Hutch.Site.Maintenance;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>
/// Lets temporary data make room in the bucket, the oldest first: the log says what goes, and the objects are condemned, to be deleted as
/// soon as nobody looks for them. Rows that no pack has yet neither count nor go.
/// </summary>
/// <param name="turnOf">Gives whoever has a lease the right to condemn.</param>
/// <param name="view">Where members are.</param>
/// <param name="site">The site.</param>
internal sealed class TemporaryObjects(Func<IJobLease, ICollectionTurn> turnOf, MemberView view, EngineSite site) : ITemporaryBytes
{
    private const int Tries = 3;

    private readonly TemporaryLanes _lanes = new(view, site);
    private readonly TemporaryDrop _drop = new(site);

    /// <inheritdoc/>
    public long Used => _lanes.Used;

    /// <inheritdoc/>
    public async Task<RoomMade> MakeRoomAsync(IJobLease lease, long maxBytes, CancellationToken ct)
    {
        _ = (await site.Committer.CatchUpAsync(ct)).Value;
        var sentence = new Sentence(turnOf(lease), view, site);
        if (Used > maxBytes)
        {
            await _lanes.DropExpiredAsync(sentence, ct);
        }

        var made = new RoomMade(0, 0);
        var oldest = new OldestTemporary(view);
        while (Used - maxBytes is > 0 and var excess && oldest.Next(excess) is { } part)
        {
            ct.ThrowIfCancellationRequested();
            if (await DropAsync(part, sentence, ct) is { } dropped)
            {
                made = new RoomMade(made.Files + dropped.Files, made.Bytes + dropped.Bytes);
            }
        }

        return made;
    }

    /// <summary>
    /// Drops a part of the data: the log says so and forgets the large blobs in it, then the objects are condemned. A stop in between
    /// leaves bytes that nobody misses, and the next look drops them.
    /// </summary>
    /// <returns>What went; null when something in it is being kept, or somebody goes by it again and again.</returns>
    private async Task<RoomMade?> DropAsync(TemporaryPart part, Sentence sentence, CancellationToken ct)
    {
        var made = new RoomMade(0, 0);
        for (int i = 0; i < Tries; i++)
        {
            // Known before it is asked what is in it: what is appended meanwhile is looked at again.
            long known = view.Applied.Number;
            if (part.Look(view) is not { } portion || await _drop.AnnounceAsync(portion, ct) is not { } announced)
            {
                return null;
            }

            made = new RoomMade(made.Files + announced.Files, made.Bytes + announced.Bytes);
            if (await sentence.TryAsync(part.Names, isDueAtOnce: true, known, part.IsAgainst(portion), ct))
            {
                return made;
            }
        }

        return null;
    }
}
