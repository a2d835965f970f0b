using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Committing;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

internal sealed class MemberMover(SegmentStore segments, Committer committer, PayloadPool pool, TransferSlots work)
{
    private const int BatchBytes = 4 << 20;
    private const int BatchMembers = 1000;

    /// <summary>Copies members, each checked, to the open end of their lane. Purges do not wait for damaged, unreadable ones.</summary>
    public async Task<long> MoveAsync(Lane lane, IReadOnlyList<MemberInfo> living, bool passOverDamaged, CancellationToken ct)
    {
        long moved = 0;
        var batch = new List<StagedMember>();
        var buffers = new List<PayloadBuffer>();
        try
        {
            int bytes = 0;
            foreach (MemberInfo member in living)
            {
                using IDisposable slot = await work.EnterAsync(member.Location.Length, ct);
                PayloadBuffer buffer = await pool.RentAsync(Math.Max(1, member.Location.Length), ct);
                buffers.Add(buffer);
                Memory<byte> body = buffer.Memory[..member.Location.Length];
                if (!await TryReadAsync(member, body, passOverDamaged, ct))
                {
                    continue;
                }

                batch.Add(new StagedMember(member.Key, body, lane, Moves: true));
                bytes += body.Length;
                moved += body.Length;
                if (bytes >= BatchBytes || batch.Count >= BatchMembers)
                {
                    await WriteAsync(batch, buffers, ct);
                    bytes = 0;
                }
            }

            await WriteAsync(batch, buffers, ct);
            return moved;
        }
        finally
        {
            buffers.ForEach(buffer => buffer.Dispose());
        }
    }

    /// <summary>
    /// Moves members that a commit came to rely on after the live ones were listed. They are few, and no more can come. It uses no buffers
    /// of the pool: their users may wait for the committer, which is stopped here.
    /// </summary>
    public async Task MoveLateAsync(SegmentInfo segment, IEnumerable<MemberKey> keys, CancellationToken ct)
    {
        foreach (MemberKey key in keys)
        {
            if (!segments.TryLocate(key, out MemberLocation location, lastingOnly: !segment.Lane.IsTransient)
                || location.Segment != segment.Number)
            {
                continue;
            }

            var body = new byte[location.Length];
            await segments.ReadVerifiedAsync(location, body, ct);
            var group = new SegmentGroup { MayUseReserve = true };
            group.Add(key, body, location.Crc32C);
            await segments.AppendAsync(segment.Lane, group, ct);
        }
    }

    private async ValueTask<bool> TryReadAsync(MemberInfo member, Memory<byte> body, bool passOverDamaged, CancellationToken ct)
    {
        try
        {
            await segments.ReadVerifiedAsync(member.Location, body, ct);
            RequestScope.Current?.NoteRead(body.Length);
            return true;
        }
        catch (QuarantinedException) when (passOverDamaged)
        {
            return false;
        }
    }

    private async Task WriteAsync(List<StagedMember> batch, List<PayloadBuffer> buffers, CancellationToken ct)
    {
        if (batch.Count > 0)
        {
            (await committer.CommitAsync<Done>(static _ => Done.Value, [.. batch], ct, mayUseReserve: true)).Require();
        }

        buffers.ForEach(buffer => buffer.Dispose());
        buffers.Clear();
        batch.Clear();
    }
}
