namespace Hutch.Storage.Segments;

/// <summary>A member that waits to be written.</summary>
internal readonly record struct GroupMember(MemberKey Key, ReadOnlyMemory<byte> Body, uint Crc32C);
