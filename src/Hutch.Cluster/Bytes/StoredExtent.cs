namespace Hutch.Cluster.Bytes;

/// <param name="Server">The id of its writer; with the key and the checksum it gives the object's name.</param>
/// <param name="Length">The number of its bytes.</param>
public readonly record struct StoredExtent(Lane Lane, MemberKey Key, Guid Server, int Length, uint Crc32C);
