using System.Collections.Concurrent;
using Hutch.Agent;
using Hutch.Agent.Rules;
using Hutch.Agent.Watching;
using Hutch.Site.Write.Folders;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Bench.Agent;

/// <summary>The watcher with consumers that look at folders as the agent does, and keep nothing of what they see.</summary>
internal sealed class LookingAgent : IAsyncDisposable
{
    private const int Consumers = 4;

    private readonly WatchingOptions _options;
    private readonly ConcurrentDictionary<string, FolderScan> _scans = new();
    private readonly FolderQueue _queue = new();
    private readonly FolderWatcher _watcher;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly bool _isActive;
    private readonly Action<FolderChange> _told;
    private int _looks;

    /// <summary>Begins to watch a parent.</summary>
    /// <param name="parent">The parent.</param>
    /// <param name="options">How often to look.</param>
    /// <param name="isActive">Whether folders are active; those with a metadata file are scanned then.</param>
    /// <param name="told">Called with each change.</param>
    public LookingAgent(string parent, WatchingOptions options, bool isActive, Action<FolderChange> told)
    {
        (_options, _isActive, _told) = (options, isActive, told);
        FolderRule rule = FolderRule.From(new WatchedFolderOptions { Watch = parent }).Value;
        _watcher = new FolderWatcher([rule], _queue, options, TimeProvider.System, NullLogger<FolderWatcher>.Instance);
        _running = Task.WhenAll([_watcher.RunAsync(_stop.Token), .. Enumerable.Range(0, Consumers).Select(_ => Task.Run(LookAsync))]);
    }

    /// <summary>How many looks there were.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>The last folder that was due.</summary>
    public Action<FolderScanRequest>? Request { get; set; }

    /// <summary>What is watched and how.</summary>
    public string Describe() => string.Join(", ", _watcher.Parents.Select(parent => $"{parent.FileSystem}, {(parent.IsReported ? "reported by the kernel" : "looked at")}"));

    /// <summary>Waits until there were so many looks, and none is due.</summary>
    public async Task SettleAsync(int looks, CancellationToken ct)
    {
        while (Looks < looks || _queue.Count > 0)
        {
            _running.ThrowIfFailed();
            await Task.Delay(10, ct); // the looks are counted, not reported
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _watcher.Dispose();
        _stop.Dispose();
    }

    private async Task LookAsync()
    {
        while (true)
        {
            FolderScanRequest request = await _queue.TakeAsync(_stop.Token);
            FolderScanResult? result = _isActive && File.Exists(Path.Combine(request.Folder, "SPA.yml"))
                ? _scans.GetOrAdd(request.Folder, folder => new FolderScan(folder, request.Rule, _options, TimeProvider.System)).Scan(request, "SPA.yml", _stop.Token)
                : null;
            foreach (FolderChange change in result?.Changes ?? [])
            {
                _told(change);
            }

            Request?.Invoke(request);
            _watcher.Keep(request, _isActive, result);
            _queue.Done(request);
            Interlocked.Increment(ref _looks);
        }
    }
}

/// <summary>Tells of a failure in what goes on beside.</summary>
internal static class TaskFailure
{
    public static void ThrowIfFailed(this Task task)
    {
        if (task.IsFaulted)
        {
            throw task.Exception;
        }
    }
}
