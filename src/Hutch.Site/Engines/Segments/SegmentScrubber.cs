using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Fairness;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>Reads all sealed segments again, to find damage by the disk before the bytes are needed.</summary>
internal sealed class SegmentScrubber(SegmentStore segments, ScrubOptions options, IOfflineSegments? offline) : IScrubber
{
    /// <summary>Reads everything once.</summary>
    /// <param name="progress">Called after each segment: the number of segments read, and of all.</param>
    public async Task<ScrubSummary> RunAsync(Action<int, int> progress, CancellationToken ct)
    {
        List<SegmentInfo> all =
        [
            // Segments in nearline storage are compared after their recall.
            .. segments.Segments.Where(segment => segment.State != SegmentState.Open && offline?.IsOffline(segment.Number) != true),
        ];
        long members = 0;
        long bytes = 0;
        List<string> damage =
        [
            .. segments.LostSegments.Select(static name => $"segment {name} is missing, with all that was stored in it"),
            .. segments.IsManifestDamaged ? [$"segments.txt was damaged"] : Array.Empty<string>(),
        ];
        for (int i = 0; i < all.Count; i++)
        {
            try
            {
                ScrubReport report = await segments.ScrubAsync(all[i].Number, options.RateBytesPerSecond, ct);
                members += report.Members;
                bytes += report.Bytes;
                RequestScope.Current?.NoteRead(report.Bytes);
                damage.AddRange(report.Damage.Select(StoredSegments.Describe));
            }
            catch (SegmentRetiredException)
            {
                // Compaction removed it in the meantime: its live members are elsewhere and are read there next time.
            }
            catch (StoreAwayException e)
            {
                throw ErrorCode.Unavailable.With(
                    $"{e.Message.TrimEnd('.')}: {i} of {all.Count} segments were compared. Start the scrub again later.").ToException();
            }

            progress(i + 1, all.Count);
        }

        return new ScrubSummary(all.Count, members, bytes, damage);
    }
}
