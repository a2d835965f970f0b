using System.Buffers;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>
/// Uncached reads and writes: bytes without an expected reader go through the page cache and do not stay there, so that a large file
/// neither evicts other pages nor pays for pages of its own (Linux 6.14 and later, where the file system supports it). Cached bytes are
/// read from the cache, and stay. Elsewhere these are ordinary reads and writes.
/// </summary>
public static class UncachedFile
{
    /// <summary>Files, or parts read in one go, from this length on are better read and written in passing, bytes.</summary>
    public const long WorthwhileBytes = 64L << 20;

    private const int MaxBuffers = 1024;

    /// <summary>Reads at most as many bytes as fit; may read fewer; 0 only at the end of the file.</summary>
    public static unsafe int Read(SafeFileHandle file, Span<byte> destination, long offset)
    {
        if (!OperatingSystem.IsLinux())
        {
            return RandomAccess.Read(file, destination, offset);
        }

        fixed (byte* start = destination)
        {
            var buffer = new LibC.Buffer(start, destination.Length);
            nint read = LibC.ReadVector(file, &buffer, 1, offset, LibC.DoNotCache);
            return read >= 0 ? (int)read : RandomAccess.Read(file, destination, offset);
        }
    }

    /// <summary>Writes all bytes. Not durable before a sync; after a failure any part may be written.</summary>
    public static unsafe void Write(SafeFileHandle file, ReadOnlySpan<byte> source, long offset)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.Write(file, source, offset);
            return;
        }

        fixed (byte* start = source)
        {
            var buffer = new LibC.Buffer(start, source.Length);
            int written = Written(LibC.WriteVector(file, &buffer, 1, offset, LibC.DoNotCache));
            if (written < source.Length)
            {
                RandomAccess.Write(file, source[written..], offset + written);
            }
        }
    }

    /// <summary>
    /// Writes all buffers in order; their first bytes may have been written already. As
    /// <see cref="Write(SafeFileHandle, ReadOnlySpan{byte}, long)"/>.
    /// </summary>
    public static void Write(SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset, long written = 0)
    {
        written = written == 0 && sources.Count <= MaxBuffers && OperatingSystem.IsLinux() ? WriteOnce(file, sources, offset) : written;
        foreach (ReadOnlyMemory<byte> source in sources)
        {
            int done = (int)Math.Min(written, source.Length);
            if (done < source.Length)
            {
                RandomAccess.Write(file, source.Span[done..], offset + done);
            }

            written -= done;
            offset += source.Length;
        }
    }

    [SupportedOSPlatform("linux")]
    private static unsafe int WriteOnce(SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
    {
        var pins = new MemoryHandle[sources.Count];
        try
        {
            LibC.Buffer* buffers = stackalloc LibC.Buffer[sources.Count];
            for (int i = 0; i < pins.Length; i++)
            {
                pins[i] = sources[i].Pin();
                buffers[i] = new LibC.Buffer(pins[i].Pointer, sources[i].Length);
            }

            return Written(LibC.WriteVector(file, buffers, pins.Length, offset, LibC.DoNotCache));
        }
        finally
        {
            foreach (MemoryHandle pin in pins)
            {
                pin.Dispose();
            }
        }
    }

    /// <summary>Returns the bytes written. A refused write is repeated in the ordinary way, which works or gives the reason.</summary>
    private static int Written(nint answer) => answer > 0 ? (int)answer : 0;
}
