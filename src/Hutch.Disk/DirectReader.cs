using Hutch.Disk.Native;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk;

/// <summary>
/// Reads large aligned parts of a file that are not in the system's memory straight from the disk into the caller's (O_DIRECT): no page is made and
/// none is copied. Whatever else is asked for it leaves to others. Safe for use from many threads.
/// </summary>
internal sealed class DirectReader(SafeFileHandle file) : IDisposable
{
    private const int Alignment = 512;
    private const int MinBytes = 1 << 20;
    private const int PageBytes = 4096;

    private readonly Lock _gate = new();
    private SafeFileHandle? _direct;

    /// <summary>Reads at most as many bytes as fit. False, with nothing read, when they are to be read in another way.</summary>
    public unsafe bool TryRead(Span<byte> destination, long offset, out int read)
    {
        read = 0;
        fixed (byte* start = destination)
        {
            if (destination.Length < MinBytes || (((nint)start | (nint)offset | destination.Length) & (Alignment - 1)) != 0
                || IsInMemory(offset, destination.Length))
            {
                return false;
            }

            var buffer = new LibC.Buffer(start, destination.Length);
            read = (int)LibC.ReadVector(Open(), &buffer, 1, offset, 0);
            return read >= 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _direct?.Dispose();

    /// <summary>
    /// Whether more than a few pages of a part are in memory, from where they are read sooner. Also where the system does not tell.
    /// </summary>
    private bool IsInMemory(long offset, int length)
    {
        var range = new LibC.CacheRange((ulong)offset, (ulong)length);
        return LibC.CacheStatus(LibC.CacheStatusNumber, file, range, out LibC.CachedPages pages, 0) != 0
            || pages.Cached * PageBytes > (ulong)length / 8;
    }

    /// <summary>
    /// The same file, opened once more. One that does not let itself be opened so is not read from: the handle is invalid then.
    /// </summary>
    private SafeFileHandle Open()
    {
        lock (_gate)
        {
            return _direct ??= new SafeFileHandle(
                LibC.Open($"/proc/self/fd/{file.DangerousGetHandle()}", LibC.ReadOnly | LibC.Direct | LibC.CloseOnExec, 0), ownsHandle: true);
        }
    }
}
