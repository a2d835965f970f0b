using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>Drops temporary data by whole segments: a lane when its day is over, the oldest segment above the limit.</summary>
internal sealed class TemporarySegments(SegmentStore segments, EngineSite site) : ITemporaryBytes
{
    private readonly TemporaryDrop _drop = new(site);

    public long Used => segments.Segments.Where(static segment => segment.Lane.IsTransient).Sum(static segment => segment.UsedBytes);

    public async Task<EarlyExpired> DropOldestAsync(IJobLease lease, long maxBytes, CancellationToken ct)
    {
        var made = new EarlyExpired(0, 0);
        if (Used > maxBytes)
        {
            await DropExpiredLanesAsync(ct);
        }

        // By their numbers, which are those of their beginning.
        foreach (SegmentInfo segment in segments.Segments.Where(static segment => segment.Lane.IsTransient).Reverse())
        {
            ct.ThrowIfCancellationRequested();
            if (Used <= maxBytes)
            {
                break;
            }

            if (segment.State != SegmentState.Open && segment.CanRetire && await DropAsync(segment, ct) is { } dropped)
            {
                made = new EarlyExpired(made.Files + dropped.Files, made.Bytes + dropped.Bytes);
            }
        }

        return made;
    }

    /// <summary>Drops transient lanes whose day is over as a whole, after the records have forgotten their large blobs.</summary>
    public async Task DropExpiredLanesAsync(CancellationToken ct)
    {
        foreach (Lane lane in await _drop.EndAsync(segments.TransientLanes, ct))
        {
            await site.Committer.RunExclusiveAsync(token => segments.DropLaneAsync(lane, token), ct);
        }
    }

    /// <summary>
    /// Drops one segment. The log records it and forgets the large blobs in it; then the segment is removed, while no commit uses it. A
    /// stop in between leaves unreferenced bytes, which the next run drops.
    /// </summary>
    /// <returns>The dropped bytes; null when something in it is being kept.</returns>
    private async Task<EarlyExpired?> DropAsync(SegmentInfo segment, CancellationToken ct)
    {
        List<BlobHash> small = [];
        HashSet<MemberKey> extents = [];
        await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
        {
            // A copy in another segment remains.
            if (!segments.TryLocate(member.Key, out MemberLocation found) || found.Segment != segment.Number)
            {
                continue;
            }

            if (member.Key.Kind == MemberKind.Extent)
            {
                extents.Add(member.Key);
            }
            else if (!segments.TryLocate(member.Key, out _, lastingOnly: true))
            {
                small.Add(member.Key.Hash);
            }
        }

        var portion = new TemporaryPortion(segment.Number, segment.Lane.Expires!.Value, segment.UsedBytes, small, extents);
        EarlyExpired? made = await _drop.AnnounceAsync(portion, ct);
        if (made is not null)
        {
            await site.Committer.RunExclusiveAsync(token => segments.RetireAsync(segment.Number, token), ct);
        }

        return made;
    }
}
