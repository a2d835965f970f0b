using Hutch.Disk;
using Hutch.Disk.Faults;

namespace Hutch.Api.Tests.Support;

/// <summary>The real disk, and how often it was read from.</summary>
internal sealed class CountingDisk() : WrappedDisk(LocalDisk.Instance)
{
    private long _reads;

    public long Reads
    {
        get => Interlocked.Read(ref _reads);
        set => Interlocked.Exchange(ref _reads, value);
    }

    public override IDiskFile Open(string path, DiskAccess access) => new CountingFile(this, base.Open(path, access));

    private sealed class CountingFile(CountingDisk disk, IDiskFile file) : WrappedFile(file)
    {
        public override int Read(Span<byte> destination, long offset)
        {
            Interlocked.Increment(ref disk._reads);
            return base.Read(destination, offset);
        }
    }
}
