using Hutch.Disk;
using Hutch.Disk.Faults;

namespace Hutch.Testing.Disks;

/// <summary>The real disk, which counts how often it is read.</summary>
/// <param name="leastBytes">Shorter reads are not counted.</param>
public sealed class CountingDisk(int leastBytes = 0) : WrappedDisk(LocalDisk.Instance)
{
    private long _reads;

    /// <summary>The number of reads since it was last set.</summary>
    public long Reads
    {
        get => Interlocked.Read(ref _reads);
        set => Interlocked.Exchange(ref _reads, value);
    }

    /// <inheritdoc />
    public override IDiskFile Open(string path, DiskAccess access) => new CountingFile(this, base.Open(path, access));

    private void Count(int bytes)
    {
        if (bytes >= leastBytes)
        {
            Interlocked.Increment(ref _reads);
        }
    }

    private sealed class CountingFile(CountingDisk disk, IDiskFile file) : WrappedFile(file)
    {
        public override int Read(Span<byte> destination, long offset)
        {
            disk.Count(destination.Length);
            return base.Read(destination, offset);
        }
    }
}
