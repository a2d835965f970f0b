using Hutch.Agent.Rules;
using Hutch.Agent.Watching;
using Hutch.Site.Write.Folders;
using Hutch.Testing.Clocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Agent.Tests.Watching;

/// <summary>Real parents with a watcher on them, and a consumer that looks at what is due as the agent does.</summary>
internal sealed class WatchedTree : IAsyncDisposable
{
    // Whatever comes in a test comes by the way that it names: the others are too slow.
    public static readonly WatchingOptions OnlyReports = new() { PollSeconds = 3600, RescanSeconds = 86_400 };
    public static readonly WatchingOptions OnlyPolls = new() { PollSeconds = 1, RescanSeconds = 86_400 };
    public static readonly WatchingOptions OnlyRescans = new() { PollSeconds = 3600, RescanSeconds = 1 };

    // What the kernel did not report would be waited for without an end.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly WatchingOptions _options;
    private readonly bool _isOurs;
    private readonly Dictionary<string, FolderScan> _scans = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Begins to watch.</summary>
    /// <param name="options">How often to look.</param>
    /// <param name="watch">The watched parents, below the folder; each pattern is a rule.</param>
    /// <param name="root">The folder.</param>
    /// <param name="isOurs">Whether to remove that at the end.</param>
    public WatchedTree(WatchingOptions options, string[] watch, string root, bool isOurs = true)
    {
        _options = options;
        _isOurs = isOurs;
        Root = root;
        FolderRule[] rules = [.. watch.Select(text => FolderRule.From(new WatchedFolderOptions { Watch = Path.Combine(Root, text) }).Value)];
        Watcher = new FolderWatcher(rules, Queue, options, Time, NullLogger<FolderWatcher>.Instance);
        _running = Watcher.RunAsync(_stop.Token);
    }

    public ShiftedTime Time { get; } = new();

    public string Root { get; }

    public FolderQueue Queue { get; } = new();

    public FolderWatcher Watcher { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static string NewRoot() => Directory.CreateTempSubdirectory("hutch-watch-").FullName;

    public string At(string path) => Path.Combine(Root, path);

    public void Write(string path, string text) => Write(Root, path, text);

    public static void Write(string root, string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
        File.WriteAllText(Path.Combine(root, path), text);
    }

    /// <summary>Waits for the next folder that is due, and takes it.</summary>
    public async Task<FolderScanRequest> TakeAsync()
    {
        Task<FolderScanRequest> take = Queue.TakeAsync(Ct).AsTask();
        Task first = await Task.WhenAny(take, _running, Task.Delay(LongestWait, Ct));
        if (first != take && first != _running)
        {
            Assert.Fail($"No folder was due for {LongestWait.TotalSeconds} s. Watched: {string.Join("; ", Watcher.Parents)}");
        }

        await first;
        return await take;
    }

    /// <summary>
    /// Takes the next folder that is due, looks at it as the agent does, keeps it and gives it back. Quiet is one with a file
    /// <c>quiet</c>; all others are active, and are scanned once they have a metadata file.
    /// </summary>
    public async Task<(FolderScanRequest Due, FolderScanResult? Look)> HandleAsync()
    {
        FolderScanRequest request = await TakeAsync();
        bool isThere = Directory.Exists(request.Folder);
        FolderScanResult? result = File.Exists(Path.Combine(request.Folder, "SPA.yml")) ? Scan(request) : null;
        if (isThere)
        {
            Watcher.Keep(request, !File.Exists(Path.Combine(request.Folder, "quiet")), result);
        }

        Queue.Done(request);
        return (request, result);
    }

    /// <summary>Handles what is due until a look tells a path, and returns that change.</summary>
    public async Task<FolderChange> UntilToldAsync(string path)
    {
        while (true)
        {
            (_, FolderScanResult? result) = await HandleAsync();
            foreach (FolderChange change in result?.Changes ?? [])
            {
                if (change.Path.Value == path)
                {
                    return change;
                }
            }
        }
    }

    /// <summary>Handles what is due until a folder is, for a reason if it is given.</summary>
    public async Task<FolderScanRequest> UntilDueAsync(string folder, ScanReasons reason = ScanReasons.None)
    {
        while (true)
        {
            (FolderScanRequest request, _) = await HandleAsync();
            if (request.Folder == At(folder) && request.Reasons.HasFlag(reason))
            {
                return request;
            }
        }
    }

    /// <summary>Handles what is due until nothing is; for watchers that only wait for reports.</summary>
    public async Task SettleAsync(int folders)
    {
        for (int i = 0; i < folders || Queue.Count > 0; i++)
        {
            await HandleAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        Watcher.Dispose();
        _stop.Dispose();
        if (_isOurs)
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    private FolderScanResult? Scan(FolderScanRequest request)
    {
        if (!_scans.TryGetValue(request.Folder, out FolderScan? scan))
        {
            _scans[request.Folder] = scan = new FolderScan(request.Folder, request.Rule, _options, Time);
        }

        return scan.Scan(request, "SPA.yml", Ct);
    }
}
