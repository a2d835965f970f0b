using System.Buffers;
using System.Runtime.Versioning;
using Hutch.Disk.Native;

namespace Hutch.Disk;

/// <summary>
/// Reads and writes large aligned parts of a file directly between the disk and the caller's memory (O_DIRECT), without the page cache.
/// Other requests, and parts that the file system refuses, are left to the caller. Thread-safe.
/// </summary>
/// <remarks>
/// Coherent with ordinary reads and writes of the same file: the system writes its pages of a range out before, and drops them after.
/// Durable after the file's sync, like all else.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class DirectAccess(SafeFileHandle file, bool mayWrite) : IDisposable
{
    private const int Alignment = 512;
    private const int MinReadBytes = 1 << 20;
    private const int MinWriteBytes = 32 << 10;
    private const int MaxBuffers = 1024;

    private readonly Lock _gate = new();
    private SafeFileHandle? _direct;

    /// <summary>Reads at most as many bytes as fit. False, with nothing read, when they are to be read in another way.</summary>
    public unsafe bool TryRead(Span<byte> destination, long offset, out int read)
    {
        read = 0;
        fixed (byte* start = destination)
        {
            if (destination.Length < MinReadBytes
                || !IsAligned(start, offset, destination.Length)
                || IsInMemory(offset, destination.Length))
            {
                return false;
            }

            var buffer = new LibC.Buffer(start, destination.Length);
            read = (int)LibC.ReadVector(Open(), &buffer, 1, offset, 0);
            return read >= 0;
        }
    }

    /// <summary>Writes buffers in order; returns the number of bytes written, perhaps 0: the rest is written in another way.</summary>
    public unsafe long Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
    {
        if (sources.Count > MaxBuffers)
        {
            return 0;
        }

        var pins = new MemoryHandle[sources.Count];
        try
        {
            LibC.Buffer* buffers = stackalloc LibC.Buffer[sources.Count];
            long length = 0;
            for (int i = 0; i < pins.Length; i++)
            {
                pins[i] = sources[i].Pin();
                buffers[i] = new LibC.Buffer(pins[i].Pointer, sources[i].Length);
                length += sources[i].Length;
                if (!IsAligned(pins[i].Pointer, offset, sources[i].Length))
                {
                    return 0;
                }
            }

            return length < MinWriteBytes ? 0 : Math.Max(0, LibC.WriteVector(Open(), buffers, pins.Length, offset, 0));
        }
        finally
        {
            foreach (MemoryHandle pin in pins)
            {
                pin.Dispose();
            }
        }
    }

    public void Dispose() => _direct?.Dispose();

    // Disks that take nothing smaller than 4 KiB refuse the rest.
    private static unsafe bool IsAligned(void* memory, long offset, int length) =>
        (((nint)memory | (nint)offset | length) & (Alignment - 1)) == 0;

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
}
