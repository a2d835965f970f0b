using Hutch.Site.Write.Committing;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Rewrites members as rows of the log, which are packed like any others.</summary>
internal sealed class PackedMemberMover(ICollectionLease lease, EngineSite site)
{
    private const int BatchBytes = 4 << 20;
    private const int BatchMembers = 1000;

    private readonly List<StagedMember> _batch = [];
    private long _bytes;

    /// <summary>Rewrites members; returns the number of their bytes.</summary>
    public async Task<long> MoveAsync(
        Lane lane, IAsyncEnumerable<(MemberKey Key, byte[] Body, uint Crc32C)> members, CancellationToken ct)
    {
        long moved = 0;
        await foreach ((MemberKey key, byte[] body, uint crc32C) in members)
        {
            _batch.Add(new StagedMember(key, body, lane, Moves: true, Crc32C: crc32C));
            _bytes += body.Length;
            moved += body.Length;
            if (_bytes >= BatchBytes || _batch.Count >= BatchMembers)
            {
                await WriteAsync(ct);
            }
        }

        await WriteAsync(ct);
        return moved;
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        if (_batch.Count > 0)
        {
            _ = (await site.Committer.CommitAsync(Decide, [.. _batch], ct, mayUseReserve: true)).Value;
        }

        _batch.Clear();
        _bytes = 0;
    }

    private Result<Done> Decide(CommitContext context) => lease.IsHeld ? Done.Value : SupersededCollection.Error;
}
