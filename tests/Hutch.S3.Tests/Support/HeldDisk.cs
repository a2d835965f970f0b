using Hutch.Disk;
using Hutch.Disk.Faults;

namespace Hutch.S3.Tests.Support;

/// <summary>The real disk, the syncs of which can be held up.</summary>
internal sealed class HeldDisk() : WrappedDisk(LocalDisk.Instance), IDisposable
{
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

    public override IDiskFile Open(string path, DiskAccess access) => new HeldFile(this, base.Open(path, access));

    public void Dispose() => _mayGoOn.Dispose();

    private sealed class HeldFile(HeldDisk disk, IDiskFile file) : WrappedFile(file)
    {
        public override void Sync()
        {
            if (!disk._mayGoOn.IsSet)
            {
                disk._waits.TrySetResult();
                disk._mayGoOn.Wait();
            }

            base.Sync();
        }
    }
}
