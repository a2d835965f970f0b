namespace Hutch.Storage;

/// <summary>
/// Where the body of a member lies. Short-lived: compaction moves members and retires segments, so look up again rather than keep it.
/// </summary>
/// <param name="Segment">The segment's number.</param>
/// <param name="Offset">Offset of the body in the segment file, in bytes.</param>
/// <param name="Length">Length of the body in bytes.</param>
/// <param name="Crc32C">CRC32C of the body.</param>
/// <param name="IsTransient">Whether the segment belongs to a transient lane, so that no lasting thing may refer to it.</param>
public readonly record struct MemberLocation(long Segment, long Offset, int Length, uint Crc32C, bool IsTransient);
