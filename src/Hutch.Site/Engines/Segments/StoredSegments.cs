using Hutch.Model.Placement;
using Hutch.Site.Write.Committing;
using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

internal sealed class StoredSegments(SegmentStore segments, Committer committer, ISegmentBucket? bucket, long mergedBytes) : IStoredFiles
{
    /// <summary>No limit: a backup reads the bytes that it copies anyway, and takes slots as any large transfer does.</summary>
    private const long NoRateLimit = 1L << 40;

    public (int Count, long Bytes) Stored =>
        (segments.Segments.Count, segments.Segments.Sum(static segment => segment.UsedBytes));

    public int Small => bucket is null ? 0 : segments.Segments.Count(segment => SmallSegments.IsSmall(segment, mergedBytes));

    public DiskSpace Space => segments.Space;

    public IDisk? Disk => bucket?.Disk;

    // A bucket does not report its free space.
    public long PlaceableBytes => bucket is null ? Space.FreeBytes : SiteSpace.Unknown;

    public bool HasSpace(long bytes) => segments.HasSpace(bytes);

    public async Task<IReadOnlyList<StoredFile>> CaptureAsync(CancellationToken ct)
    {
        IReadOnlyList<StoredFile> captured = [];
        await committer.RunExclusiveAsync(
            _ =>
            {
                captured =
                [
                    .. segments.Segments.OrderBy(static segment => segment.Number).Select(static segment => new StoredFile(
                        segment.Number, segment.Path, segment.UsedBytes, segment.State == SegmentState.Sealed, segment.LastSequence)),
                ];
                return Task.CompletedTask;
            },
            ct);
        return captured;
    }

    public async Task<IReadOnlyList<string>> VerifyAsync(StoredFile file, CancellationToken ct)
    {
        ScrubReport report = await segments.ScrubAsync(file.Number, NoRateLimit, ct);
        return [.. report.Damage.Select(Describe)];
    }

    internal static string Describe(DamagedRange range) => $"segment {range.Segment} at byte {range.Offset}: {range.What}";
}
