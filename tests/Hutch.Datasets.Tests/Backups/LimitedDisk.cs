using Hutch.Disk;
using Hutch.Disk.Faults;

namespace Hutch.Datasets.Tests.Backups;

/// <summary>The machine's disk with little space under one folder, and on request without links, as another file system has none.</summary>
internal sealed class LimitedDisk(string folder) : WrappedDisk(LocalDisk.Instance)
{
    private long _left = long.MaxValue;

    public long LeftBytes
    {
        get => Volatile.Read(ref _left);
        set => Volatile.Write(ref _left, value);
    }

    public bool HasLinks { get; set; } = true;

    public override IDiskFile Open(string path, DiskAccess access)
    {
        IDiskFile file = base.Open(path, access);
        return path.StartsWith(folder, StringComparison.Ordinal) ? new LimitedFile(this, file, path) : file;
    }

    public override bool TryLink(string path, string newPath) => HasLinks && base.TryLink(path, newPath);

    private void Take(string path, long bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) < 0)
        {
            throw new DiskFullException(path);
        }
    }

    private sealed class LimitedFile(LimitedDisk disk, IDiskFile file, string path) : WrappedFile(file)
    {
        public override void Write(ReadOnlySpan<byte> source, long offset)
        {
            disk.Take(path, source.Length);
            base.Write(source, offset);
        }

        public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
        {
            disk.Take(path, sources.Sum(source => (long)source.Length));
            base.Write(sources, offset);
        }
    }
}
