using System.Threading.Channels;

namespace Hutch.Disk.Folders;

/// <summary>
/// Wakes who waits for files to appear or grow. Network file systems do not tell what others do, see inotify(7): a wait ends after a second
/// in any case.
/// </summary>
public sealed class FolderChanges : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly TimeProvider _time;

    private FolderChanges(TimeProvider time) => _time = time;

    /// <summary>Begins to watch folders, not what is below them; one that is not there or cannot be watched is left out.</summary>
    public static FolderChanges Of(IEnumerable<string> folders, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(folders);
        var changes = new FolderChanges(time);
        foreach (string folder in folders.Where(Directory.Exists))
        {
            changes.Watch(folder);
        }

        return changes;
    }

    /// <summary>Returns after a change since the last call, or after a while.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestWait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _changed.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time to look all the same.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _watchers.ForEach(watcher => watcher.Dispose());

    private void Watch(string folder)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, _) => Tell();
            watcher.Created += (_, _) => Tell();
            watcher.Renamed += (_, _) => Tell();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
        catch (IOException)
        {
            // The user's limit of watches (fs.inotify) is reached: it is looked at once a second.
            watcher?.Dispose();
        }
    }

    private void Tell() => _changed.Writer.TryWrite(true);
}
