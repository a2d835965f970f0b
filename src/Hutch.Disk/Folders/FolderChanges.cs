using System.Runtime.Versioning;

namespace Hutch.Disk.Folders;

/// <summary>
/// Wakes waiters when files appear or grow. Network file systems do not report changes of other machines, see inotify(7): a wait ends after
/// a second in any case.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class FolderChanges : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly FolderNotifications? _notifications;
    private readonly TimeProvider _time;

    private FolderChanges(FolderNotifications? notifications, TimeProvider time) => (_notifications, _time) = (notifications, time);

    /// <summary>Begins to watch folders, not their subfolders; a folder that is missing or cannot be watched is left out.</summary>
    public static FolderChanges From(IEnumerable<string> folders, TimeProvider time)
    {
        FolderNotifications? notifications = TryOpen();
        foreach (string folder in folders)
        {
            notifications?.TryWatch(RealPath.Resolve(folder) ?? folder, out _);
        }

        return new FolderChanges(notifications, time);
    }

    /// <summary>Returns after a change since the last call, or after a while.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_notifications is null)
        {
            await Task.Delay(LongestWait, _time, cancellationToken);
            return;
        }

        using var limit = new CancellationTokenSource(LongestWait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _notifications.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A scan is due even without a change.
        }
    }

    public void Dispose() => _notifications?.Dispose();

    private static FolderNotifications? TryOpen()
    {
        try
        {
            return FolderNotifications.Open();
        }
        catch (IOException)
        {
            // The user's limit of instances (fs.inotify) is reached: it is looked at once a second.
            return null;
        }
    }
}
