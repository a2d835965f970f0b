namespace Hutch.Storage;

/// <summary>A member of a group, with its lane and the CRC32C of its bytes.</summary>
public readonly record struct LogMember(Lane Lane, MemberKey Key, ReadOnlyMemory<byte> Body, uint Crc32C);
