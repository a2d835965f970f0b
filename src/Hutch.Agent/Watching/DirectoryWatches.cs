namespace Hutch.Agent.Watching;

/// <param name="Changed">Called after changes.</param>
internal sealed record DirectoryWatch(int Id, Action Changed);

/// <summary>
/// The directories in which the kernel reports changes, and the callbacks for them. When its limits are reached, a notice says how to raise
/// them, and folders without a watch are polled.
/// </summary>
/// <remarks>Thread-safe. No callback runs while a lock is held.</remarks>
internal sealed partial class DirectoryWatches(TimeProvider time, ILogger logger) : IDisposable
{
    private const string Limits = "/proc/sys/fs/inotify/";

    private static readonly TimeSpan TimeBetweenTries = TimeSpan.FromMinutes(1);

    // Changes within this time are reported together.
    private static readonly TimeSpan TimeBetweenReports = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, DirectoryWatch> _watches = [];
    private FolderNotifications? _notifications;
    private TimeSpan _nextTry = TimeSpan.MinValue;

    /// <summary>The limit that is reached, and how to raise it; null when none is.</summary>
    public string? Notice { get; private set; }

    /// <summary>Called when the kernel could not keep all reports: anything may have changed.</summary>
    public event Action? Lost;

    /// <summary>Begins to watch a directory: the names in it and the files, but no deeper levels.</summary>
    /// <param name="path">Its path, without a link as its last name.</param>
    /// <param name="before">An earlier watch, if any; it is returned if it is still valid.</param>
    /// <param name="onChange">Called after changes.</param>
    public WatchOutcome TryWatch(string path, DirectoryWatch? before, Action onChange, out DirectoryWatch? watch)
    {
        lock (_lock)
        {
            watch = null;
            if (_notifications is null || (before is null && time.GetElapsedTime(0) < _nextTry))
            {
                return WatchOutcome.LimitReached;
            }

            WatchOutcome outcome = _notifications.TryWatch(path, out int id);
            if (outcome == WatchOutcome.LimitReached)
            {
                _nextTry = time.GetElapsedTime(0) + TimeBetweenTries;
                Report("max_user_watches", "some folders are");
            }
            else if (outcome == WatchOutcome.Watched && before?.Id == id && _watches.GetValueOrDefault(id) == before)
            {
                watch = before;
            }
            else if (outcome == WatchOutcome.Watched)
            {
                Notice = null;
                watch = _watches[id] = new DirectoryWatch(id, onChange);
            }

            return outcome;
        }
    }

    /// <summary>Ends a watch, unless another watch has taken over the directory: a directory that was moved keeps its number.</summary>
    public void Unwatch(DirectoryWatch watch)
    {
        lock (_lock)
        {
            if (_watches.GetValueOrDefault(watch.Id) == watch)
            {
                _watches.Remove(watch.Id);
                _notifications?.Unwatch(watch.Id);
            }
        }
    }

    /// <summary>Asks the kernel for reports; without them there is a notice.</summary>
    public void Open()
    {
        if (_notifications is not null)
        {
            return;
        }

        try
        {
            FolderNotifications notifications = FolderNotifications.Open();
            lock (_lock)
            {
                _notifications = notifications;
                Notice = null;
            }
        }
        catch (IOException)
        {
            Report("max_user_instances", "all folders are");
        }
    }

    /// <summary>Reports changes until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (_notifications is null)
        {
            await Task.Delay(TimeBetweenTries, time, ct);
            Open();
        }

        while (true)
        {
            FolderSignals signals = await _notifications.WaitAsync(ct);
            if (signals.HasLost)
            {
                ReportLost();
            }

            foreach (DirectoryWatch watch in Find(signals.Watches))
            {
                watch.Changed();
            }

            await Task.Delay(TimeBetweenReports, time, ct);
        }
    }

    internal void ReportLost()
    {
        LogLost(logger);
        Lost?.Invoke();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _notifications?.Dispose();
            _notifications = null;
        }
    }

    private DirectoryWatch[] Find(IReadOnlyCollection<int> ids)
    {
        lock (_lock)
        {
            return [.. ids.Select(id => _watches.GetValueOrDefault(id)).OfType<DirectoryWatch>()];
        }
    }

    private void Report(string limit, string which)
    {
        string now = SmallFile.TryRead(Limits + limit) is { } text ? $" (now {Encoding.ASCII.GetString(text).Trim()})" : "";
        string notice =
            $"A limit of inotify is reached, so that {which} looked at every second instead of when the kernel reports a change. "
            + $"Raise fs.inotify.{limit}{now} with sysctl, and in a file of /etc/sysctl.d to keep it so.";
        if (Notice != notice)
        {
            Notice = notice;
            LogLimit(logger, notice);
        }
    }

    [LoggerMessage(EventId = 7021, Level = LogLevel.Warning, Message = "{Notice}")]
    private static partial void LogLimit(ILogger logger, string notice);

    [LoggerMessage(
        EventId = 7022, Level = LogLevel.Information,
        Message = "The kernel could not keep all reports of changes (fs.inotify.max_queued_events); all watched folders are compared")]
    private static partial void LogLost(ILogger logger);
}
