using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>What of a segment lives, its journals apart.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="LivingBytes">Bytes of members that something names.</param>
/// <param name="DeadBytes">Bytes of members that nothing names.</param>
internal sealed record SegmentCensus(SegmentInfo Segment, long LivingBytes, long DeadBytes);
