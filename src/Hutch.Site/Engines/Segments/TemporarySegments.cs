using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Blobs;
using Hutch.Site.Committing;
using Hutch.Site.Maintenance;
using Hutch.Storage;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>Drops temporary data by whole segments: a lane when its day is over, the oldest segment when there are too many.</summary>
internal sealed class TemporarySegments(SegmentStore segments, EngineSite site) : ITemporaryBytes
{
    /// <inheritdoc/>
    public long Used => segments.Segments.Where(static segment => segment.Lane.IsTransient).Sum(static segment => segment.UsedBytes);

    /// <inheritdoc/>
    public async Task<RoomMade> MakeRoomAsync(long maxBytes, CancellationToken ct)
    {
        var made = new RoomMade(0, 0);
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
                made = new RoomMade(made.Files + dropped.Files, made.Bytes + dropped.Bytes);
            }
        }

        return made;
    }

    /// <summary>Transient lanes whose day is over go as a whole, after the records have forgotten the large blobs in them.</summary>
    public async Task DropExpiredLanesAsync(CancellationToken ct)
    {
        if (!site.Clock.TryNow(out long now))
        {
            return;
        }

        List<Lane> over = [.. segments.TransientLanes.Where(lane => DatasetLane.EndOf(lane) <= now)];
        if (over.Count == 0)
        {
            return;
        }

        (await site.Committer.CommitAsync<Done>(
            context =>
            {
                foreach (BlobHash hash in context.Queries.ExpiredBlobs(now))
                {
                    context.Emit(new JournalRecord.BlobForgotten(hash));
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true)).Require();
        foreach (Lane lane in over)
        {
            await site.Committer.RunExclusiveAsync(token => segments.DropLaneAsync(lane, token), ct);
        }
    }

    /// <summary>
    /// Drops one segment: the log says so and forgets the large blobs in it; then it goes, while no commit looks at it. A stop in between
    /// leaves bytes that nobody misses, and the next look drops them.
    /// </summary>
    /// <returns>What went; null when something in it is being kept.</returns>
    private async Task<RoomMade?> DropAsync(SegmentInfo segment, CancellationToken ct)
    {
        List<BlobHash> small = [];
        HashSet<MemberKey> extents = [];
        await foreach (MemberInfo member in segments.EnumerateMembersAsync(segment.Number, ct))
        {
            // A copy elsewhere goes on.
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

        Result<RoomMade?> dropped = await site.Committer.CommitAsync(
            context => Drop(context, segment, small, extents), [], ct, mayUseReserve: true);
        if (!dropped.IsOk)
        {
            throw dropped.Error.ToException();
        }

        if (dropped.Value is not null)
        {
            await site.Committer.RunExclusiveAsync(token => segments.RetireAsync(segment.Number, token), ct);
        }

        return dropped.Value;
    }

    private Result<RoomMade?> Drop(CommitContext context, SegmentInfo segment, List<BlobHash> small, HashSet<MemberKey> extents)
    {
        List<BlobHash> large = LargeIn(context.Queries, extents);
        if (site.Kept.AnyOf(context, [.. small, .. large]))
        {
            return (RoomMade?)null;
        }

        foreach (BlobHash hash in large)
        {
            context.Emit(new JournalRecord.BlobForgotten(hash));
        }

        if (context.Queries.IsDropped(segment.Number))
        {
            // Said before a stop, and counted then.
            return new RoomMade(0, 0);
        }

        var made = new RoomMade(small.Count + large.Count, segment.UsedBytes);
        context.Emit(new JournalRecord.TemporaryDropped(segment.Number, segment.Lane.Expires!.Value, made.Files, made.Bytes));
        return made;
    }

    /// <summary>The large blobs that lack something without these extents.</summary>
    private static List<BlobHash> LargeIn(SiteQueries queries, HashSet<MemberKey> extents) =>
    [
        .. extents.Select(static extent => extent.Upload).Distinct().SelectMany(queries.TemporaryBlobsOf).Distinct()
            .Where(hash => queries.LargeBlob(hash) is { } large
                && ExtentKeys.Of(large).Any(extents.Contains)),
    ];
}
