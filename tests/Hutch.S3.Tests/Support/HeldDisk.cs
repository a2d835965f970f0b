using Hutch.Disk;

namespace Hutch.S3.Tests.Support;

/// <summary>The real disk, the syncs of which can be held up.</summary>
internal sealed class HeldDisk : IDisk, IDisposable
{
    private static readonly LocalDisk Real = LocalDisk.Instance;
    private readonly ManualResetEventSlim _mayGoOn = new(initialState: true);
    private TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Holds every sync from now on; the task ends when the first one waits.</summary>
    public Task Hold()
    {
        _waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _mayGoOn.Reset();
        return _waits.Task;
    }

    public void Release() => _mayGoOn.Set();

    public IDiskFile Open(string path, DiskAccess access) => new HeldFile(this, Real.Open(path, access));

    public bool FileExists(string path) => Real.FileExists(path);

    public IReadOnlyList<string> ListFiles(string folder) => Real.ListFiles(folder);

    public void CreateFolder(string folder) => Real.CreateFolder(folder);

    public void Rename(string path, string newPath) => Real.Rename(path, newPath);

    public void Delete(string path) => Real.Delete(path);

    public void SyncFolder(string folder) => Real.SyncFolder(folder);

    public DiskSpace Space(string folder) => Real.Space(folder);

    public IDisposable Lock(string path) => Real.Lock(path);

    public void Dispose() => _mayGoOn.Dispose();

    private sealed class HeldFile(HeldDisk disk, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long offset) => file.Read(destination, offset);

        public void Write(ReadOnlySpan<byte> source, long offset) => file.Write(source, offset);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long offset) => file.Write(sources, offset);

        public void SetLength(long length) => file.SetLength(length);

        public void Allocate(long length) => file.Allocate(length);

        public void Sync()
        {
            if (!disk._mayGoOn.IsSet)
            {
                disk._waits.TrySetResult();
                disk._mayGoOn.Wait();
            }

            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
