namespace Hutch.Catalog.Members;

/// <summary>A copy of a member, as <c>members.db</c> has it.</summary>
/// <param name="Number">The row of the log that it came with; for an extent its own number, negated.</param>
/// <param name="Place">Its place in the row; 0 for an extent.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Crc32C">Their CRC32C.</param>
/// <param name="IsTransient">Whether it ends by itself.</param>
public readonly record struct MemberRow(long Number, long Place, int Length, uint Crc32C, bool IsTransient);

/// <summary>An extent to be noted.</summary>
/// <param name="Key">Its upload and offset.</param>
/// <param name="ObjectName">The name of its object.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="IsTransient">Whether it ends by itself.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Crc32C">Their CRC32C.</param>
public readonly record struct ExtentRow(
    MemberWords Key, string ObjectName, string Lane, bool IsTransient, int Length, uint Crc32C);

/// <summary>A pack.</summary>
/// <param name="Number">Its number.</param>
/// <param name="ObjectName">The name of its object.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Seal">What it contained when it was sealed.</param>
public readonly record struct PackRow(long Number, string ObjectName, string Lane, long Length, string Seal);

/// <summary>Where bytes are that are no longer, or never were, in a row of the log.</summary>
/// <param name="ObjectName">The name of the object.</param>
/// <param name="Start">Where the row's group begins in it; 0 for an extent.</param>
/// <param name="Length">The bytes of the object.</param>
public readonly record struct ObjectPlace(string ObjectName, long Start, long Length);

/// <summary>What was found damaged and the log does not say yet.</summary>
/// <param name="Number">The row; 0 for an extent.</param>
/// <param name="Place">The place in the row.</param>
/// <param name="ObjectName">The name of the extent's object.</param>
public readonly record struct DamageRow(long Number, long Place, string ObjectName);

/// <summary>An extent of which the log speaks.</summary>
/// <param name="Number">Its number in the tables.</param>
/// <param name="Key">Its upload and offset.</param>
/// <param name="ObjectName">The name of its object.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="IsTransient">Whether it ends by itself.</param>
/// <param name="Row">The row of the log that speaks of it.</param>
public readonly record struct KnownExtent(
    long Number, MemberWords Key, string ObjectName, int Length, string Lane, bool IsTransient, long Row);

/// <summary>What lies in the objects of a lane.</summary>
/// <param name="Name">The lane.</param>
/// <param name="Objects">How many packs and extents there are.</param>
/// <param name="Bytes">Their bytes.</param>
public readonly record struct LaneRow(string Name, long Objects, long Bytes);

/// <summary>A member in a pack.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Start">Where the group of its row begins in the pack.</param>
/// <param name="Place">Its place in the row.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Crc32C">Their CRC32C.</param>
public readonly record struct PackedMemberRow(MemberWords Key, long Start, long Place, int Length, uint Crc32C);

/// <summary>What the log says of an object.</summary>
/// <param name="CondemnedSince">Since when it is condemned, in milliseconds since 1970; null for one that holds something.</param>
public readonly record struct ObjectState(long? CondemnedSince);
