using Hutch.Storage;

namespace Hutch.Cluster.Bytes;

/// <summary>A sealed segment that is an object: rows of one lane, joined.</summary>
/// <param name="Number">Its number, which no other pack of the site has.</param>
/// <param name="Lane">The lane of all its rows.</param>
/// <param name="Server">The id of the server that wrote it.</param>
/// <param name="Length">The length of the object in bytes.</param>
/// <param name="Seal">What it contained when it was sealed, as decision 0045 has it: kept outside of it.</param>
/// <param name="Rows">The rows in it, in the order of their numbers.</param>
public sealed record StoredPack(long Number, Lane Lane, Guid Server, long Length, string Seal, IReadOnlyList<PackedRow> Rows);

/// <summary>Where the members of a row lie in a pack: one after the other, each behind its header.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Offset">Where the header of its first member is.</param>
public readonly record struct PackedRow(long Row, long Offset);
