using System.Buffers;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>
/// Reads and writes large parts of a file directly between the disk and memory (O_DIRECT), without the page cache. Other requests, and
/// parts that the file system refuses, are left to the caller. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Coherent with ordinary reads and writes of the same file: the system writes its pages of a range out before, and drops them after.
/// Durable after the file's sync, like all else.</para>
/// <para>A write is fast only where each byte is at the same place of a page in memory and in the file. Otherwise each page of memory is a
/// part of two blocks, which some disks read, change and write back one by one: up to fourteen times slower (decision 0121). Bytes that are
/// elsewhere in their page are therefore copied first. Reads obey the same rule: the reader chooses the place, and what is elsewhere is
/// left to the caller.</para>
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class DirectAccess(SafeFileHandle file, bool mayWrite) : IDisposable
{
    /// <summary>The most memory that a write takes for its copy, bytes: of one file there is one write at a time.</summary>
    public const int MaxCopyBytes = 16 << 20;

    private const int Sector = 512;
    private const int Page = 4096;
    private const int MinReadBytes = 1 << 20;
    private const int MinWriteBytes = 32 << 10;
    private const int MaxBuffers = 1024;

    private readonly Lock _gate = new();
    private SafeFileHandle? _direct;

    // Disks with blocks of 4 KiB refuse smaller ones: the first write finds out.
    private int _block = Sector;

    /// <summary>Reads at most as many bytes as fit. False, with nothing read, when they are to be read in another way.</summary>
    public unsafe bool TryRead(Span<byte> destination, long offset, out int read)
    {
        read = 0;
        fixed (byte* start = destination)
        {
            if (destination.Length < MinReadBytes
                || !IsWhole(Sector, offset, destination.Length)
                || !IsInPlace((nint)start, offset)
                || IsInMemory(offset, destination.Length))
            {
                return false;
            }

            var buffer = new LibC.Buffer(start, destination.Length);
            read = (int)LibC.ReadVector(Open(), &buffer, 1, offset, 0);
            DiskMeter.CountRead(Math.Max(0, read));
            return read >= 0;
        }
    }

    /// <summary>Writes buffers in order; returns the number of bytes written, perhaps 0: the rest is written in another way.</summary>
    public long Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
    {
        long length = 0;
        foreach (ReadOnlyMemory<byte> source in sources)
        {
            length += source.Length;
        }

        return length < MinWriteBytes || !IsWhole(Sector, offset, length) || Open().IsInvalid ? 0
            : WriteInPlace(sources, offset) is { } written ? written
            : WriteCopied(new Pieces(sources), offset, length);
    }

    public void Dispose() => _direct?.Dispose();

    private static bool IsWhole(int block, long offset, long length) => ((offset | length) & (block - 1)) == 0;

    private static bool IsInPlace(nint address, long offset) => ((address - offset) & (Page - 1)) == 0;

    /// <summary>Writes buffers from where they are; null if one of them is elsewhere in its page than in the file.</summary>
    private unsafe long? WriteInPlace(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
    {
        if (sources.Count > MaxBuffers)
        {
            return null;
        }

        var pins = new MemoryHandle[sources.Count];
        try
        {
            LibC.Buffer* buffers = stackalloc LibC.Buffer[sources.Count];
            long position = offset;
            for (int i = 0; i < pins.Length; i++)
            {
                pins[i] = sources[i].Pin();
                buffers[i] = new LibC.Buffer(pins[i].Pointer, sources[i].Length);
                if (!IsInPlace((nint)pins[i].Pointer, position) || !IsWhole(_block, position, sources[i].Length))
                {
                    return null;
                }

                position += sources[i].Length;
            }

            nint written = WriteDirectly(buffers, pins.Length, offset);
            return written < 0 && NativeFailure.Number == ErrorNumber.Invalid ? null : Counted(written, WrittenFrom.InPlace);
        }
        finally
        {
            foreach (MemoryHandle pin in pins)
            {
                pin.Dispose();
            }
        }
    }

    private unsafe long WriteCopied(Pieces pieces, long offset, long length)
    {
        byte[] memory = ArrayPool<byte>.Shared.Rent((int)Math.Min(length + (2 * Page), MaxCopyBytes));
        try
        {
            fixed (byte* start = memory)
            {
                byte* page = (byte*)(((nint)start + Page - 1) & ~(nint)(Page - 1));
                int capacity = memory.Length - Page - Page;
                long written = 0;
                while (written < length)
                {
                    int count = NextPart(offset + written, length - written, capacity);
                    byte* target = page + ((offset + written) & (Page - 1));
                    pieces.Take(new Span<byte>(target, count));
                    long done = WriteBlocks(target, count, offset + written);
                    written += done;
                    if (done < count)
                    {
                        break;
                    }
                }

                return written;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }

    /// <summary>The length of the next of several parts that are about equal, and begin and end with pages of the file.</summary>
    private static int NextPart(long position, long left, int capacity)
    {
        long parts = (left + capacity - 1) / capacity;
        return parts == 1 ? (int)left : (int)(((position + (left / parts)) & -Page) - position);
    }

    private unsafe long WriteBlocks(byte* source, int length, long offset)
    {
        if (IsWhole(_block, offset, length))
        {
            var whole = new LibC.Buffer(source, length);
            nint written = WriteDirectly(&whole, 1, offset);
            if (written >= 0 || _block == Page || NativeFailure.Number != ErrorNumber.Invalid)
            {
                return Counted(written, WrittenFrom.Copy);
            }

            _block = Page;
        }

        // What comes before the first whole block shares its page with other bytes: the page cache puts both together.
        int head = (int)(-offset & (Page - 1));
        int body = (length - head) & -Page;
        if (body <= 0)
        {
            return 0;
        }

        var blocks = new LibC.Buffer(source + head, body);
        long done = Counted(WriteDirectly(&blocks, 1, offset + head), WrittenFrom.Copy);
        if (done == 0)
        {
            return 0;
        }

        RandomAccess.Write(file, new ReadOnlySpan<byte>(source, head), offset);
        return Counted(head, WrittenFrom.PageCache) + done;
    }

    /// <summary>The only direct write. One whose pieces are elsewhere in their pages than in the file is a bug, on any disk.</summary>
    private unsafe nint WriteDirectly(LibC.Buffer* buffers, int count, long offset)
    {
        long position = offset;
        for (int i = 0; i < count; i++)
        {
            if (!IsInPlace((nint)buffers[i].Start, position))
            {
                throw new InvalidOperationException($"Memory for byte {position} of a file is elsewhere in its page than the byte.");
            }

            position += buffers[i].Length;
        }

        return LibC.WriteVector(Open(), buffers, count, offset, 0);
    }

    private static long Counted(nint written, WrittenFrom memory)
    {
        long bytes = Math.Max(0, written);
        DiskMeter.Count(bytes, memory);
        return bytes;
    }

    /// <summary>Returns true if more than a few pages of a part are in the page cache, or if the system does not report it.</summary>
    private bool IsInMemory(long offset, int length)
    {
        var range = new LibC.CacheRange((ulong)offset, (ulong)length);
        return LibC.CacheStatus(LibC.CacheStatusNumber, file, range, out LibC.CachedPages pages, 0) != 0
            || pages.Cached * (ulong)Environment.SystemPageSize > (ulong)length / 8;
    }

    /// <summary>
    /// The same file, opened once more. One that does not let itself be opened so is not used: the handle is invalid then.
    /// </summary>
    private SafeFileHandle Open()
    {
        lock (_gate)
        {
            int flags = (mayWrite ? OpenFlags.ReadWrite : OpenFlags.ReadOnly) | OpenFlags.Here.Direct | OpenFlags.CloseOnExec;
            return _direct ??= new SafeFileHandle(
                LibC.OpenAt(LibC.AtCurrentFolder, $"/proc/self/fd/{file.DangerousGetHandle()}", flags, 0), ownsHandle: true);
        }
    }

    /// <summary>Buffers that are read one after another.</summary>
    private struct Pieces(IReadOnlyList<ReadOnlyMemory<byte>> sources)
    {
        private int _index;
        private int _done;

        /// <summary>Copies the next bytes; there are as many.</summary>
        public void Take(Span<byte> destination)
        {
            while (!destination.IsEmpty)
            {
                ReadOnlySpan<byte> rest = sources[_index].Span[_done..];
                int count = Math.Min(rest.Length, destination.Length);
                rest[..count].CopyTo(destination);
                destination = destination[count..];
                (_index, _done) = count == rest.Length ? (_index + 1, 0) : (_index, _done + count);
            }
        }
    }
}
