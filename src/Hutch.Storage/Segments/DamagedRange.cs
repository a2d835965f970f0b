namespace Hutch.Storage.Segments;

/// <summary>A part of a segment that was durable once and is not what was written any more.</summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="Offset">Where the part begins, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="What">What was found, for a person.</param>
public sealed record DamagedRange(long Segment, long Offset, long Length, string What);
