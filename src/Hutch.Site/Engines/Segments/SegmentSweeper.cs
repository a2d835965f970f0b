using Hutch.Site.Life.Maintenance;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>
/// Frees segments. It examines only those that were sealed when the collection began, and a checkpoint taken first replaces their journals.
/// </summary>
/// <param name="mergedBytes">The length to which small segments are merged; 0 for no merge.</param>
/// <param name="offline">The segments in nearline storage; null where there are none.</param>
/// <param name="secure">Erases retired segments outside of the data folder, too.</param>
internal sealed class SegmentSweeper(
    SegmentStore segments, TemporarySegments temporary, EngineSite site, long mergedBytes, IOfflineSegments? offline,
    Func<CancellationToken, Task<Result<Done>>> secure) : ISweeper
{
    public async Task<ISweep> BeginAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        await temporary.DropExpiredLanesAsync(ct);

        await segments.SealAsync(ct);

        // Of a purge, all lanes: a dataset that is kept has left copies in those of the days on which its files would have ended.
        List<SegmentInfo> all = [.. segments.Segments.Where(segment =>
            segment.State != SegmentState.Open && (!segment.Lane.IsTransient || purged.Count > 0))];
        long covered = (await site.Checkpointer.WriteAsync(ct)).Value;
        List<SegmentInfo> candidates =
            [.. all.Where(segment => segment is { State: SegmentState.Sealed, CanRetire: true } && segment.LastSequence <= covered)];
        var marks = new LiveMarks(segments, candidates);
        foreach (SegmentInfo segment in candidates.Where(segment => segment.Lane.IsTransient))
        {
            await marks.AddTransientAsync(segment, ct);
        }

        return new SegmentSweep(segments, site, marks, candidates, all.Count - candidates.Count, purged, mergedBytes, offline);
    }

    public async Task<IReadOnlyList<string>> WipeServersAsync(CancellationToken ct) =>
    [
        .. await site.Traces.TryWipeAsync(ct) ? (string[])[] : ["this one, where a reader was in the way"],
        .. (await secure(ct)).Error is { } left ? (string[])[$"the bucket ({left.Message.TrimEnd('.')})"] : [],
    ];

    public Task WaitForOperationsAsync(CancellationToken ct) => site.Operations.WaitForRunningAsync(ct);
}
