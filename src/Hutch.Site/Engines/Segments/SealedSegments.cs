using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

internal sealed class SealedSegments(SegmentStore segments) : ISealedSegments
{
    public IReadOnlyList<SegmentSummary> List() =>
    [
        .. segments.Segments.Reverse().Select(static segment =>
            new SegmentSummary(segment.Number, segment.Path, segment.State == SegmentState.Sealed)),
    ];

    public Task SealAsync(CancellationToken ct) => segments.SealAsync(ct);
}
