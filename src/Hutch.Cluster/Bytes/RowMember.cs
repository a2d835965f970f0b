using Hutch.Storage;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// A small member whose body is in its row of the log until it is packed. The bodies of a row are contiguous, in the order of its
/// directory.
/// </summary>
/// <param name="Lane">Its lane.</param>
/// <param name="Key">Its name.</param>
/// <param name="Length">The number of its bytes.</param>
/// <param name="Crc32C">Their CRC32C.</param>
public readonly record struct RowMember(Lane Lane, MemberKey Key, int Length, uint Crc32C);
