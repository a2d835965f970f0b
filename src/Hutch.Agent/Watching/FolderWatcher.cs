using Hutch.Agent.Rules;

namespace Hutch.Agent.Watching;

/// <summary>
/// Finds the folders that are due for a scan: new ones, changed ones, and from time to time all. On local disks the kernel reports changes
/// (inotify). On network file systems it knows only the writes of this machine. There, and when its limits are reached, active folders are
/// scanned every second.
/// </summary>
/// <remarks>
/// <para>The consumer takes folders from the queue. After each scan it says with <see cref="Keep"/> how the folder is watched from then on.
/// Thread-safe.</para>
/// <para>Memory: less than 1 kB for a candidate, and 200 bytes for each directory of an active one.</para>
/// </remarks>
public sealed class FolderWatcher : IDisposable
{
    private readonly IReadOnlyList<FolderRule> _rules;
    private readonly DirectoryWatches _watches;
    private readonly RuleWatch[] _parts;

    /// <summary>A watcher that has not begun.</summary>
    /// <param name="rules">The rules, in their order: the first that matches a parent holds.</param>
    /// <param name="options">How often to look.</param>
    public FolderWatcher(
        IReadOnlyList<FolderRule> rules, FolderQueue queue, WatchingOptions options, TimeProvider time, ILogger<FolderWatcher> logger)
    {
        _rules = rules;
        _watches = new DirectoryWatches(time, logger);
        _parts =
        [
            .. rules.Select((rule, i) => new RuleWatch(
                rule, parent => rules.Take(i).Any(other => other.Watch.Matches(parent)), queue, _watches, options, time, logger)),
        ];
    }

    public IReadOnlyList<WatchedParent> Parents =>
        [.. _parts.SelectMany(part => part.Parents()).OrderBy(parent => parent.Path, StringComparer.Ordinal)];

    /// <summary>Watches until it is cancelled. Begins by queueing every candidate that there is.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _watches.Open();
        Task[] loops =
        [
            Task.Run(() => _watches.RunAsync(stop.Token), stop.Token),
            .. _parts.Select(part => Task.Run(() => part.RunAsync(stop.Token), stop.Token)),
        ];
        await Task.WhenAny(loops);
        await stop.CancelAsync();
        await Task.WhenAll(loops);
    }

    /// <summary>Queues a folder, or the one that a path leads into, for a look at once, whatever was noticed of it.</summary>
    public Result<Done> Rescan(string path)
    {
        string whole = Path.IsPathRooted(path) ? Path.GetFullPath(path).TrimEnd('/') : path;
        for (string folder = whole; Path.GetDirectoryName(folder) is { Length: > 1 } parent; folder = parent)
        {
            if (Part(parent) is { } part)
            {
                return part.Rescan(parent, Path.GetFileName(folder));
            }
        }

        return ErrorCode.NotFound.With(
            $"{Display.Quote(path)} is not watched: it is in no folder that matches one of "
            + $"{string.Join(", ", _rules.Select(rule => Display.Quote(rule.Watch.ToString())))}.");
    }

    /// <summary>
    /// Reports the result of a scan, before <see cref="FolderQueue.Done"/>; not for a folder that no longer exists. An active folder is
    /// queued within a second of each change in one of its directories; another one when its top directory or its metadata file changes.
    /// </summary>
    /// <param name="isActive">
    /// True if it has no metadata file yet, is being acquired, changed within a day, or its metadata file must be read again.
    /// </param>
    /// <param name="result">The result, perhaps of an earlier scan; null when it was not scanned.</param>
    public void Keep(FolderScanRequest request, bool isActive, FolderScanResult? result)
    {
        if (Path.GetDirectoryName(request.Folder) is { } parent)
        {
            Part(parent)?.Keep(parent, Path.GetFileName(request.Folder), isActive, result);
        }
    }

    public void Dispose() => _watches.Dispose();

    private RuleWatch? Part(string parent) =>
        _rules.Index().FirstOrDefault(rule => rule.Item.Watch.Matches(parent)) is { Item: not null } found ? _parts[found.Index] : null;
}
