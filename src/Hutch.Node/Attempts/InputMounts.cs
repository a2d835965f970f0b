using Hutch.Mount;

namespace Hutch.Node.Attempts;

/// <summary>The inputs of an attempt that are mounted: its command reads from the server what it needs, checked and read-only.</summary>
/// <param name="cache">The folder for what was read, for this attempt alone.</param>
/// <param name="forAll">True if the command has another account than this process.</param>
internal sealed class InputMounts(HutchClient server, string cache, bool forAll, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _mounts = [];
    private volatile string? _problem;

    /// <summary>The reason why a command got an error from a mount; null if there was none.</summary>
    internal string? Problem => _problem;

    /// <summary>Mounts a version on a folder; false if this machine cannot, such as one without <c>/dev/fuse</c>.</summary>
    internal async Task<bool> TryMountAsync(DatasetInfo dataset, string at, string folder, CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var options = new MountOptions
        {
            Folder = folder,
            CacheFolder = cache,
            ForAllAccounts = forAll,
            Failed = reason => _problem ??= reason,
        };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task mount = new DatasetMount(server, options, time, static _ => { }).RunAsync(dataset, at, [], _ => ready.SetResult(), _end.Token);
        _mounts.Add(mount);
        if (await Task.WhenAny(mount, ready.Task).WaitAsync(ct) != mount)
        {
            return true;
        }

        // The input is staged instead, which has its own reason if it fails, too.
        await mount.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return false;
    }

    /// <summary>Unmounts all.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_mounts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }
}
