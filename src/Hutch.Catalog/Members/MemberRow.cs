namespace Hutch.Catalog.Members;

/// <param name="Number">The row of the log that brought it; for an extent its own number, negated.</param>
/// <param name="Place">Its position in the row; 0 for an extent.</param>
/// <param name="Length">The number of its bytes.</param>
public readonly record struct MemberRow(long Number, long Place, int Length, uint Crc32C, bool IsTransient);

/// <param name="Length">The number of its bytes.</param>
public readonly record struct ExtentRow(
    MemberWords Key, string ObjectName, string Lane, bool IsTransient, int Length, uint Crc32C);

/// <param name="Length">The number of its bytes.</param>
public readonly record struct PackRow(long Number, string ObjectName, string Lane, long Length, string Seal);

/// <summary>The location of bytes outside the rows of the log.</summary>
/// <param name="Start">The offset of the row's group in it; 0 for an extent.</param>
/// <param name="Length">The number of bytes of the object.</param>
public readonly record struct ObjectLocation(string ObjectName, long Start, long Length);

/// <summary>Damage that the log does not mention yet.</summary>
/// <param name="Number">The row; 0 for an extent.</param>
public readonly record struct DamageRow(long Number, long Place, string ObjectName);

/// <param name="Length">The number of its bytes.</param>
public readonly record struct KnownExtent(
    long Number, MemberWords Key, string ObjectName, int Length, string Lane, bool IsTransient, long Row);

/// <param name="Objects">The number of packs and extents.</param>
public readonly record struct LaneRow(string Name, long Objects, long Bytes);

/// <param name="Start">The offset of its row's group in the pack.</param>
/// <param name="Length">The number of its bytes.</param>
public readonly record struct PackedMemberRow(MemberWords Key, long Start, long Place, int Length, uint Crc32C);

/// <param name="CondemnedSince">The time of its condemnation in milliseconds since 1970; null for an object in use.</param>
public readonly record struct ObjectState(long? CondemnedSince);
