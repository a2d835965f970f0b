namespace Hutch.Cluster.Bytes;

/// <summary>A sealed segment that is an object: joined rows of one lane.</summary>
/// <param name="Number">Its number, unique among the packs of the site.</param>
/// <param name="Length">The length of the object in bytes.</param>
/// <param name="Seal">Its seal (decision 0045), stored outside of it.</param>
/// <param name="Rows">The rows in it, in the order of their numbers.</param>
public sealed record StoredPack(long Number, Lane Lane, Guid Server, long Length, string Seal, IReadOnlyList<PackedRow> Rows);

/// <summary>The location of a row's members in a pack: contiguous, each after its header.</summary>
/// <param name="Offset">The offset of the header of its first member.</param>
public readonly record struct PackedRow(long Row, long Offset);
