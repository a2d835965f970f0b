namespace Hutch.Disk.Folders;

/// <summary>
/// Signals that something below a folder may have changed, as far as the system reports it. It is a hint: reports get lost, and a network
/// file system has none of other machines. For one waiting task.
/// </summary>
public sealed class FolderSignal : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly WakeSignal _signal = new();
    private readonly string _ignored;

    private FolderSignal(FileSystemWatcher watcher, string ignored) => (_watcher, _ignored) = (watcher, ignored);

    /// <summary>Begins to watch a folder and all below it. Null when the system refuses, for instance because of its limits.</summary>
    /// <param name="ignored">Name of a folder in it whose changes do not count.</param>
    public static FolderSignal? TryWatch(string folder, string ignored)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            var signal = new FolderSignal(watcher, ignored);
            watcher.Changed += signal.Wake;
            watcher.Created += signal.Wake;
            watcher.Deleted += signal.Wake;
            watcher.Renamed += signal.Wake;
            watcher.Error += signal.Wake;
            watcher.EnableRaisingEvents = true;
            return signal;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            return null;
        }
    }

    /// <summary>Waits until something has changed since the last call, at most for a while. True for a change.</summary>
    public Task<bool> WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        _signal.WaitAsync(limit, time, cancellationToken);

    public void Dispose() => _watcher.Dispose();

    private void Wake(object sender, FileSystemEventArgs change)
    {
        if (change.Name?.StartsWith(_ignored, StringComparison.Ordinal) != true)
        {
            _signal.Wake();
        }
    }

    private void Wake(object sender, ErrorEventArgs error) => _signal.Wake();
}
