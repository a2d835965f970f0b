namespace Hutch.Cluster.Bytes;

/// <summary>A small member in its row of the log until it is packed. A row's bodies are contiguous, in directory order.</summary>
/// <param name="Length">The number of its bytes.</param>
public readonly record struct RowMember(Lane Lane, MemberKey Key, int Length, uint Crc32C);
