namespace Hutch.Storage.Segments;

/// <summary>A member whose stored bytes are damaged.</summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="Offset">Offset of the body in the segment, in bytes.</param>
/// <param name="Length">Length of the body in bytes.</param>
/// <param name="Name">The member's name, such as <c>blobs/0123…</c>.</param>
public sealed record QuarantinedMember(long Segment, long Offset, long Length, string Name);
