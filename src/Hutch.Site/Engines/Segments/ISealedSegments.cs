namespace Hutch.Site.Engines.Segments;

/// <summary>The segments of a data folder, for the bucket that keeps them.</summary>
public interface ISealedSegments
{
    /// <summary>The segments, oldest first.</summary>
    IReadOnlyList<SegmentSummary> List();

    /// <summary>Seals the open segments.</summary>
    Task SealAsync(CancellationToken ct);
}

/// <param name="IsSealed">True if nothing more is written to it.</param>
public readonly record struct SegmentSummary(long Number, string Path, bool IsSealed);
