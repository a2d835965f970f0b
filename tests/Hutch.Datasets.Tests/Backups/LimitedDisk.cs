using Hutch.Disk;

namespace Hutch.Datasets.Tests.Backups;

/// <summary>The machine's disk with little space under one folder, and on request without links, as another file system has none.</summary>
internal sealed class LimitedDisk(string folder) : IDisk
{
    private long _left = long.MaxValue;

    public long LeftBytes
    {
        get => Volatile.Read(ref _left);
        set => Volatile.Write(ref _left, value);
    }

    public bool HasLinks { get; set; } = true;

    public IDiskFile Open(string path, DiskAccess access)
    {
        IDiskFile file = LocalDisk.Instance.Open(path, access);
        return path.StartsWith(folder, StringComparison.Ordinal) ? new LimitedFile(this, file, path) : file;
    }

    public bool FileExists(string path) => LocalDisk.Instance.FileExists(path);

    public IReadOnlyList<string> ListFiles(string folder) => LocalDisk.Instance.ListFiles(folder);

    public void CreateFolder(string folder) => LocalDisk.Instance.CreateFolder(folder);

    public void Rename(string path, string newPath) => LocalDisk.Instance.Rename(path, newPath);

    public bool TryLink(string path, string newPath) => HasLinks && LocalDisk.Instance.TryLink(path, newPath);

    public void Delete(string path) => LocalDisk.Instance.Delete(path);

    public void SyncFolder(string folder) => LocalDisk.Instance.SyncFolder(folder);

    public DiskSpace Space(string folder) => LocalDisk.Instance.Space(folder);

    public IDisposable Lock(string path) => LocalDisk.Instance.Lock(path);

    private void Take(string path, long bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) < 0)
        {
            throw new DiskFullException(path);
        }
    }

    private sealed class LimitedFile(LimitedDisk disk, IDiskFile file, string path) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            disk.Take(path, source.Length);
            file.Write(source, offset);
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
        {
            disk.Take(path, sources.Sum(source => (long)source.Length));
            file.Write(sources, offset);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Allocate(long length) => file.Allocate(length);

        public void Sync() => file.Sync();

        public void Dispose() => file.Dispose();
    }
}
