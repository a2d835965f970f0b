using Hutch.Agent.Rules;
using Hutch.Disk;

namespace Hutch.Agent.Watching;

/// <summary>
/// Watches what one rule names: finds the parents and the candidates in them, and queues those that are due. A loop of its own for each
/// rule: a file server that does not answer holds up nothing but its own folders.
/// </summary>
/// <remarks>
/// <see cref="RunAsync"/> is one loop; the other members may be called by any thread. The lock is never held while a file system answers,
/// but for inotify, which is for local ones.
/// </remarks>
internal sealed partial class RuleWatch
{
    // However often something changes in a folder, it is looked at five times a second, and a fifth of the time, at most; on a network,
    // where a look is mostly waiting, half of the time.
    private const int PauseForLook = 4;
    private const int PauseForSlowLook = 1;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);

    // Where a file server is slow, active folders get half of the time, and rescans a tenth.
    private static readonly TimeSpan SliceOfPolls = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SliceOfRescans = TimeSpan.FromMilliseconds(100);

    // Timers count milliseconds, and one that ends early would make a step in vain.
    private static readonly TimeSpan TimerStep = TimeSpan.FromMilliseconds(1);

    private readonly FolderRule _rule;
    private readonly Func<string, bool> _isOthers;
    private readonly FolderQueue _queue;
    private readonly DirectoryWatches _watches;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _hasPattern;
    private readonly TimeSpan _poll;
    private readonly TimeSpan _thorough;
    private readonly PeriodicScan _polls;
    private readonly PeriodicScan _rescans;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ParentFolder> _parents = new(StringComparer.Ordinal);
    private readonly HashSet<CandidateFolder> _polled = [];
    private readonly Dictionary<CandidateFolder, TimeSpan> _waiting = [];
    private readonly WakeSignal _wake = new();

    private TimeSpan _pollAt = TimeSpan.MinValue;
    private bool _hasBegun;

    /// <summary>A watch that has not begun.</summary>
    public RuleWatch(
        FolderRule rule, Func<string, bool> isOthers, FolderQueue queue, DirectoryWatches watches, WatchingOptions options,
        TimeProvider time, ILogger logger)
    {
        (_rule, _isOthers, _queue, _watches, _time, _logger) = (rule, isOthers, queue, watches, time, logger);
        _poll = TimeSpan.FromSeconds(options.PollSeconds);
        _thorough = TimeSpan.FromHours(options.ThoroughHours);
        var rescan = TimeSpan.FromSeconds(options.RescanSeconds);
        _polls = new PeriodicScan(_poll, Now);
        _rescans = new PeriodicScan(rescan, Now + rescan);
        _hasPattern = rule.Watch.Names.Any(NamePattern.IsPattern);
        _watches.Lost += CompareAll;
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            TimeSpan next = Step(ct);
            await SleepAsync(next - Now, ct);
        }
    }

    public IReadOnlyList<WatchedParent> Parents()
    {
        lock (_lock)
        {
            return [.. _parents.Values.Select(Describe)];
        }
    }

    /// <summary>Queues a folder at once.</summary>
    public Result<Done> Rescan(string parent, string name)
    {
        string path = Path.Combine(parent, name);
        try
        {
            using FolderHandle above = FolderHandle.Open(parent);
            if (name.StartsWith('.') || above.Status(name, asksServer: true) is not { Type: FileType.Folder })
            {
                return ErrorCode.NotFound.With(
                    $"{Display.Quote(path)} is no folder that can be published: there is none of this name, or it is a link or hidden.");
            }
        }
        catch (IOException e)
        {
            return ErrorCode.NotFound.With($"{Display.Quote(path)} cannot be looked at: {e.Message}");
        }

        _queue.Add(new FolderScanRequest(path, _rule) { Reasons = ScanReasons.Requested });
        lock (_lock)
        {
            if (_parents.TryGetValue(parent, out ParentFolder? known) && !known.Folders.ContainsKey(name))
            {
                known.IsForced = true;
            }
        }

        _wake.Wake();
        return Done.Value;
    }

    /// <summary>Does the due scans, and returns the time until the next is due if nothing happens before.</summary>
    private TimeSpan Step(CancellationToken ct)
    {
        bool isPoll = Now >= _pollAt;
        if (isPoll)
        {
            _pollAt = Now + _poll;
        }

        QueuePolled(isPoll);
        QueueWaiting();
        FindParents(isPoll);
        foreach (ParentFolder parent in Known())
        {
            ct.ThrowIfCancellationRequested();
            if (parent.IsToBeRead || (isPoll && parent.IsPolled))
            {
                ReadNames(parent);
            }
        }

        _hasBegun = true;
        Poll(ct);
        Rescan(ct);
        return NextStep();
    }

    private ParentFolder[] Known()
    {
        lock (_lock)
        {
            return [.. _parents.Values];
        }
    }

    private TimeSpan NextStep()
    {
        lock (_lock)
        {
            if (_parents.Values.Any(parent => parent.IsToBeRead))
            {
                return Now;
            }

            TimeSpan next = _rescans.IsUnderWay ? _pollAt : _rescans.NextAt;
            bool isPolling = _hasPattern || _polled.Count > 0 || _parents.Values.Any(parent => parent.IsPolled);
            next = isPolling ? Min(next, _pollAt) : next;
            next = _polls.IsUnderWay ? Min(next, Now + SliceOfPolls) : next;
            return _waiting.Count > 0 ? Min(next, _waiting.Values.Min()) : next;
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private async Task SleepAsync(TimeSpan atMost, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (atMost <= TimeSpan.Zero)
        {
            return;
        }

        await _wake.WaitAsync(atMost + TimerStep, _time, ct);
    }

    private WatchedParent Describe(ParentFolder parent)
    {
        string?[] notices =
        [
            parent.Trouble,
            parent.Mount?.Advice,
            parent.CanBeReported && parent.Folders.Values.Append(null).Any(folder => folder?.IsReported != true) ? _watches.Notice : null,
            .. parent.OddNames,
        ];
        return new WatchedParent(
            parent.Path, parent.Mount?.Name, parent.Watch is not null, parent.Folders.Count, [.. notices.OfType<string>()]);
    }
}
