namespace Hutch.Storage.Segments;

/// <summary>A member that waits to be written.</summary>
internal readonly record struct PendingMember(MemberKey Key, ReadOnlyMemory<byte> Body, uint Crc32C);
