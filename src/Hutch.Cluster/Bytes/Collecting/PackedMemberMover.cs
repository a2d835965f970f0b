using Hutch.Model;
using Hutch.Site.Committing;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;
using Hutch.Storage;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Writes members anew, as rows of the log that are packed as any others.</summary>
internal sealed class PackedMemberMover(ICollectionTurn turn, EngineSite site)
{
    private const int BatchBytes = 4 << 20;

    private readonly List<StagedMember> _batch = [];
    private long _bytes;

    /// <summary>Writes some members of groups anew; returns how many bytes they have.</summary>
    /// <param name="lane">Where they belong.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="wanted">Which members. What was written is taken out.</param>
    /// <param name="ct">Cancels between two commits.</param>
    public async Task<long> MoveAsync(Lane lane, IAsyncEnumerable<LogGroup> groups, HashSet<MemberKey> wanted, CancellationToken ct)
    {
        long moved = 0;
        await foreach (LogGroup group in groups)
        {
            foreach (LogMember member in group.Members.Where(member => wanted.Remove(member.Key)))
            {
                _batch.Add(new StagedMember(member.Key, member.Body, lane, Moves: true, Crc32C: member.Crc32C));
                _bytes += member.Body.Length;
                moved += member.Body.Length;
            }

            if (_bytes >= BatchBytes)
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

    private Result<Done> Decide(CommitContext context) => turn.IsHeld ? Done.Value : Overtaken.Error;
}
