using Hutch.Disk;

namespace Hutch.Api.Tests.Support;

/// <summary>The real disk, and how often it was read from.</summary>
internal sealed class CountingDisk : IDisk
{
    private static readonly LocalDisk Real = LocalDisk.Instance;
    private long _reads;

    public long Reads
    {
        get => Interlocked.Read(ref _reads);
        set => Interlocked.Exchange(ref _reads, value);
    }

    public IDiskFile Open(string path, DiskAccess access) => new CountingFile(this, Real.Open(path, access));

    public bool FileExists(string path) => Real.FileExists(path);

    public IReadOnlyList<string> ListFiles(string folder) => Real.ListFiles(folder);

    public void CreateFolder(string folder) => Real.CreateFolder(folder);

    public void Rename(string path, string newPath) => Real.Rename(path, newPath);

    public void Delete(string path) => Real.Delete(path);

    public void SyncFolder(string folder) => Real.SyncFolder(folder);

    public DiskSpace Space(string folder) => Real.Space(folder);

    public IDisposable Lock(string path) => Real.Lock(path);

    private sealed class CountingFile(CountingDisk disk, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long offset)
        {
            Interlocked.Increment(ref disk._reads);
            return file.Read(destination, offset);
        }

        public void Write(ReadOnlySpan<byte> source, long offset) => file.Write(source, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset) => file.Write(sources, offset);

        public void SetLength(long length) => file.SetLength(length);

        public void Allocate(long length) => file.Allocate(length);

        public void Sync() => file.Sync();

        public void Dispose() => file.Dispose();
    }
}
