using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Committing;
using Hutch.Site.Maintenance;
using Hutch.Storage;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>
/// Frees segments. Only those that were sealed when the collection began are looked at, and a checkpoint taken first stands in for their
/// journals.
/// </summary>
internal sealed class SegmentSweeper(SegmentStore segments, EngineSite site) : ISweeper
{
    public async Task<ISweep> BeginAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        await DropExpiredLanesAsync(ct);

        await segments.SealAsync(ct);

        // Of a purge, all lanes: a dataset that is kept has left copies in those of the days on which its files would have ended.
        List<SegmentInfo> all = [.. segments.Segments.Where(segment =>
            segment.State != SegmentState.Open && (!segment.Lane.IsTransient || purged.Count > 0))];
        long covered = (await site.Checkpointer.TakeAsync(ct)).Value;
        List<SegmentInfo> candidates =
            [.. all.Where(segment => segment is { State: SegmentState.Sealed, CanRetire: true } && segment.LastSequence <= covered)];
        var marks = new LiveMarks(segments, candidates);
        foreach (SegmentInfo segment in candidates.Where(segment => segment.Lane.IsTransient))
        {
            await marks.AddTransientAsync(segment, ct);
        }

        return new SegmentSweep(segments, site, marks, candidates, all.Count - candidates.Count, purged);
    }

    /// <summary>Transient lanes whose day is over go as a whole, after the records have forgotten the large blobs in them.</summary>
    private async Task DropExpiredLanesAsync(CancellationToken ct)
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
}
