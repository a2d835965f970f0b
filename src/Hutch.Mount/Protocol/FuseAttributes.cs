namespace Hutch.Mount.Protocol;

/// <summary>The status of a file, link or folder, and the time for which the kernel may keep it.</summary>
internal readonly record struct FuseAttributes(ulong Inode, long Size, long ModifiedNanoseconds, uint Mode, uint Owner, uint Group)
{
    /// <summary>The bits of a mode that hold the type.</summary>
    internal const uint TypeBits = 0xF000;

    internal const uint FolderType = 0x4000;
    internal const uint FileType = 0x8000;
    internal const uint LinkType = 0xA000;

    /// <summary>Bytes of <c>struct fuse_attr_out</c>.</summary>
    internal const int AttributesBytes = 104;

    /// <summary>Bytes of <c>struct fuse_entry_out</c>.</summary>
    internal const int EntryBytes = 128;

    private const uint BlockBytes = 128 * 1024; // the size that programs such as cp read with

    /// <summary>The answer to a status request.</summary>
    internal byte[] ToAttributes(TimeSpan validFor)
    {
        byte[] body = new byte[AttributesBytes];
        var writer = new FuseWriter(body);
        writer.U64((ulong)validFor.Ticks / TimeSpan.TicksPerSecond);
        writer.U32((uint)(validFor.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
        writer.U32(0);
        Write(ref writer);
        return body;
    }

    /// <summary>Writes the answer to a lookup.</summary>
    /// <param name="node">The node's number; 0 for a name that the kernel must not remember.</param>
    internal void WriteEntry(Span<byte> body, ulong node, TimeSpan nameValidFor, TimeSpan validFor)
    {
        var writer = new FuseWriter(body);
        WriteLifetimes(ref writer, node, nameValidFor, validFor);
        Write(ref writer);
    }

    /// <summary>Returns the answer for a name that is not there, which the kernel may remember for a time.</summary>
    internal static byte[] NoEntry(TimeSpan validFor)
    {
        byte[] body = new byte[EntryBytes];
        var writer = new FuseWriter(body);
        WriteLifetimes(ref writer, node: 0, validFor, TimeSpan.Zero);
        return body;
    }

    private static void WriteLifetimes(ref FuseWriter writer, ulong node, TimeSpan nameValidFor, TimeSpan validFor)
    {
        writer.U64(node);
        writer.U64(0); // generation: numbers are not used again
        writer.U64((ulong)nameValidFor.Ticks / TimeSpan.TicksPerSecond);
        writer.U64((ulong)validFor.Ticks / TimeSpan.TicksPerSecond);
        writer.U32((uint)(nameValidFor.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
        writer.U32((uint)(validFor.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
    }

    private void Write(ref FuseWriter writer)
    {
        ulong seconds = (ulong)EntryTime.Seconds(ModifiedNanoseconds);
        long nanoseconds = ModifiedNanoseconds - ((long)seconds * EntryTime.NanosecondsPerSecond);
        writer.U64(Inode);
        writer.U64((ulong)Size);
        writer.U64((ulong)((Size + 511) / 512));
        writer.U64(seconds);
        writer.U64(seconds);
        writer.U64(seconds);
        writer.U32((uint)nanoseconds);
        writer.U32((uint)nanoseconds);
        writer.U32((uint)nanoseconds);
        writer.U32(Mode);
        writer.U32(1); // links
        writer.U32(Owner);
        writer.U32(Group);
        writer.U32(0); // device
        writer.U32(BlockBytes);
        writer.U32(0);
    }
}
