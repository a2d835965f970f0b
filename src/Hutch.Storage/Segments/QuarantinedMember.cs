using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>A member whose stored bytes are damaged.</summary>
/// <param name="Offset">Offset of the body in the segment, in bytes.</param>
/// <param name="Length">Length of the body in bytes.</param>
/// <param name="Name">The member's name, such as <c>blobs/0123…</c>.</param>
public sealed record QuarantinedMember(long Segment, long Offset, long Length, string Name)
{
    /// <summary>Its key, of a journal only the first sequence number; null when its name is damaged too.</summary>
    public MemberKey? Key =>
        MemberName.TryRead(Encoding.UTF8.GetBytes(Name), out MemberName name) && name.Key.Kind != default ? name.Key : null;
}
