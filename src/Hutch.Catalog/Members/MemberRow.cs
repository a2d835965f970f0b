namespace Hutch.Catalog.Members;

/// <summary>A copy of a member in <c>members.db</c>.</summary>
/// <param name="Number">The row of the log that brought it; for an extent its own number, negated.</param>
/// <param name="Place">Its position in the row; 0 for an extent.</param>
/// <param name="Length">The number of its bytes.</param>
/// <param name="Crc32C">Their CRC32C.</param>
/// <param name="IsTransient">True if it expires.</param>
public readonly record struct MemberRow(long Number, long Place, int Length, uint Crc32C, bool IsTransient);

/// <summary>An extent to be noted.</summary>
/// <param name="Key">Its upload and offset.</param>
/// <param name="ObjectName">The name of its object.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="IsTransient">True if it expires.</param>
/// <param name="Length">The number of its bytes.</param>
/// <param name="Crc32C">Their CRC32C.</param>
public readonly record struct ExtentRow(
    MemberWords Key, string ObjectName, string Lane, bool IsTransient, int Length, uint Crc32C);

/// <summary>A pack.</summary>
/// <param name="Number">Its number.</param>
/// <param name="ObjectName">The name of its object.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="Length">The number of its bytes.</param>
/// <param name="Seal">Its seal.</param>
public readonly record struct PackRow(long Number, string ObjectName, string Lane, long Length, string Seal);

/// <summary>The location of bytes outside the rows of the log.</summary>
/// <param name="ObjectName">The name of the object.</param>
/// <param name="Start">The offset of the row's group in it; 0 for an extent.</param>
/// <param name="Length">The number of bytes of the object.</param>
public readonly record struct ObjectLocation(string ObjectName, long Start, long Length);

/// <summary>Damage that the log does not mention yet.</summary>
/// <param name="Number">The row; 0 for an extent.</param>
/// <param name="Place">The position in the row.</param>
/// <param name="ObjectName">The name of the extent's object.</param>
public readonly record struct DamageRow(long Number, long Place, string ObjectName);

/// <summary>An extent that the log mentions.</summary>
/// <param name="Number">Its number in the tables.</param>
/// <param name="Key">Its upload and offset.</param>
/// <param name="ObjectName">The name of its object.</param>
/// <param name="Length">The number of its bytes.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="IsTransient">True if it expires.</param>
/// <param name="Row">The row of the log that mentions it.</param>
public readonly record struct KnownExtent(
    long Number, MemberWords Key, string ObjectName, int Length, string Lane, bool IsTransient, long Row);

/// <summary>The contents of a lane in objects.</summary>
/// <param name="Name">The lane.</param>
/// <param name="Objects">The number of packs and extents.</param>
/// <param name="Bytes">The number of their bytes.</param>
public readonly record struct LaneRow(string Name, long Objects, long Bytes);

/// <summary>A member in a pack.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Start">The offset of its row's group in the pack.</param>
/// <param name="Place">Its position in the row.</param>
/// <param name="Length">The number of its bytes.</param>
/// <param name="Crc32C">Their CRC32C.</param>
public readonly record struct PackedMemberRow(MemberWords Key, long Start, long Place, int Length, uint Crc32C);

/// <summary>The state of an object in the log.</summary>
/// <param name="CondemnedSince">The time of its condemnation in milliseconds since 1970; null for an object in use.</param>
public readonly record struct ObjectState(long? CondemnedSince);
