using System.Buffers.Binary;

namespace Hutch.Disk.Folders;

/// <summary>The status of a name, links not followed.</summary>
/// <param name="ModifiedNanoseconds">Last change of the contents, nanoseconds since 1970.</param>
/// <param name="ChangedNanoseconds">Last change of contents or attributes (ctime), nanoseconds since 1970.</param>
/// <param name="Mode">Permission bits, 12 of them.</param>
public readonly record struct FileStatus(
    FileType Type,
    uint Links,
    long Size,
    long ModifiedNanoseconds,
    long ChangedNanoseconds,
    ulong Inode,
    ulong Device,
    int Mode,
    uint Owner)
{
    private const int BlockBytes = 512; // the unit of stx_blocks on every file system

    public uint Group { get; init; }

    /// <summary>The bytes that its contents occupy; null where the system does not say.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>True if the owner may execute it.</summary>
    public bool Executable => (Mode & 0x40) != 0;

    public bool SameContents(in FileStatus other) =>
        Type == other.Type && Size == other.Size && ModifiedNanoseconds == other.ModifiedNanoseconds
        && ChangedNanoseconds == other.ChangedNanoseconds && Inode == other.Inode;

    /// <summary>Reads the kernel's <c>struct statx</c> (include/uapi/linux/stat.h).</summary>
    internal static FileStatus Read(ReadOnlySpan<byte> statx)
    {
        int mode = BinaryPrimitives.ReadUInt16LittleEndian(statx[28..]);
        return new FileStatus(
            TypeOf(mode & 0xF000),
            BinaryPrimitives.ReadUInt32LittleEndian(statx[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(statx[40..]),
            Nanoseconds(statx[112..]),
            Nanoseconds(statx[96..]),
            BinaryPrimitives.ReadUInt64LittleEndian(statx[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(statx[136..]),
            mode & 0xFFF,
            BinaryPrimitives.ReadUInt32LittleEndian(statx[20..]))
        {
            Group = BinaryPrimitives.ReadUInt32LittleEndian(statx[24..]),
            AllocatedBytes = BinaryPrimitives.ReadInt64LittleEndian(statx[48..]) * BlockBytes,
        };
    }

    /// <summary>Nanoseconds since 1970; the last that 64 bits hold, in April 2262, for every later time, and likewise the first.</summary>
    internal static long Nanoseconds(long seconds, long rest)
    {
        Int128 exact = ((Int128)seconds * 1_000_000_000) + rest;
        return (long)Int128.Clamp(exact, long.MinValue, long.MaxValue);
    }

    private static long Nanoseconds(ReadOnlySpan<byte> timestamp) => Nanoseconds(
        BinaryPrimitives.ReadInt64LittleEndian(timestamp), BinaryPrimitives.ReadUInt32LittleEndian(timestamp[8..]));

    private static FileType TypeOf(int bits) => bits switch
    {
        0x8000 => FileType.File,
        0x4000 => FileType.Folder,
        0xA000 => FileType.SymbolicLink,
        _ => FileType.Special,
    };
}
