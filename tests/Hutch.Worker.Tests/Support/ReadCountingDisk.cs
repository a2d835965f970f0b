using Hutch.Disk;
using Hutch.Disk.Faults;

namespace Hutch.Worker.Tests.Support;

/// <summary>The local disk, which counts how often something as large as a frame is read from a segment.</summary>
internal sealed class ReadCountingDisk() : WrappedDisk(LocalDisk.Instance)
{
    private const int LargeBytes = 128 << 10;

    private int _largeReads;

    public int LargeReads => Volatile.Read(ref _largeReads);

    /// <inheritdoc/>
    public override IDiskFile Open(string path, DiskAccess access) => new CountingFile(base.Open(path, access), this);

    private sealed class CountingFile(IDiskFile inner, ReadCountingDisk disk) : WrappedFile(inner)
    {
        public override int Read(Span<byte> destination, long offset)
        {
            if (destination.Length >= LargeBytes)
            {
                Interlocked.Increment(ref disk._largeReads);
            }

            return base.Read(destination, offset);
        }
    }
}
