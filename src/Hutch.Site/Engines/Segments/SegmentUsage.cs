using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>How much of a segment is still named by something, without its journals.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="LivingBytes">Bytes of members that something names.</param>
/// <param name="DeadBytes">Bytes of members that nothing names.</param>
internal sealed record SegmentUsage(SegmentInfo Segment, long LivingBytes, long DeadBytes);
