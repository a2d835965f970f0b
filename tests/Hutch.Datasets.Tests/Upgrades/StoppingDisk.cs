using Hutch.Disk;

namespace Hutch.Datasets.Tests.Upgrades;

/// <summary>The machine's disk as a process sees it that is killed before its n-th change: nothing is changed from then on.</summary>
internal sealed class StoppingDisk(long stopBefore) : IDisk
{
    private long _changes;

    /// <summary>Changes that were asked for.</summary>
    public long Changes => _changes;

    public IDiskFile Open(string path, DiskAccess access)
    {
        if (access == DiskAccess.CreateNew)
        {
            Change();
        }

        return new StoppingFile(this, LocalDisk.Instance.Open(path, access));
    }

    public bool FileExists(string path) => LocalDisk.Instance.FileExists(path);

    public IReadOnlyList<string> ListFiles(string folder) => LocalDisk.Instance.ListFiles(folder);

    public void CreateFolder(string folder)
    {
        Change();
        LocalDisk.Instance.CreateFolder(folder);
    }

    public void Rename(string path, string newPath)
    {
        Change();
        LocalDisk.Instance.Rename(path, newPath);
    }

    public void Delete(string path)
    {
        Change();
        LocalDisk.Instance.Delete(path);
    }

    public void SyncFolder(string folder) => Change();

    public DiskSpace Space(string folder) => LocalDisk.Instance.Space(folder);

    public IDisposable Lock(string path) => LocalDisk.Instance.Lock(path);

    private void Change()
    {
        if (++_changes >= stopBefore)
        {
            throw new IOException("The process was killed here.");
        }
    }

    private sealed class StoppingFile(StoppingDisk disk, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

        public void Write(ReadOnlySpan<byte> source, long offset)
        {
            disk.Change();
            file.Write(source, offset);
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset)
        {
            disk.Change();
            file.Write(sources, offset);
        }

        public void SetLength(long length)
        {
            disk.Change();
            file.SetLength(length);
        }

        public void Allocate(long length) => file.Allocate(length);

        public void Sync() => disk.Change();

        public void Dispose() => file.Dispose();
    }
}
