using Hutch.Storage;

namespace Hutch.Cluster.Bytes;

/// <summary>An extent that is an object of its own.</summary>
/// <param name="Lane">Its lane.</param>
/// <param name="Key">Its name among the members.</param>
/// <param name="Server">The id of its writer; with the key and the checksum it gives the object's name.</param>
/// <param name="Length">The number of its bytes.</param>
/// <param name="Crc32C">Their CRC32C.</param>
public readonly record struct StoredExtent(Lane Lane, MemberKey Key, Guid Server, int Length, uint Crc32C);
