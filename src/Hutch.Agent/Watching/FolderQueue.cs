using System.Threading.Channels;

namespace Hutch.Agent.Watching;

/// <summary>
/// The folders that are due for a scan. Each is in it at most once, and no two consumers have the same folder at a time. Changed folders
/// come first, then folders that may have changed, then periodic scans.
/// </summary>
/// <remarks>Thread-safe. Holds at most one entry for each folder that is queued or taken.</remarks>
public sealed class FolderQueue
{
    // Every fourth comes from a lower lane, however much is waiting in the upper one.
    private const int UpperLaneShare = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FolderScanRequest> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FolderScanRequest?> _taken = new(StringComparer.Ordinal);
    private readonly Queue<string>[] _lanes = [.. Enum.GetValues<ScanPriority>().Select(static _ => new Queue<string>())];
    private readonly Channel<bool> _available = Channel.CreateUnbounded<bool>();
    private uint _iteration;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _queued.Count;
            }
        }
    }

    /// <summary>Returns true if a consumer has taken a folder and not returned it.</summary>
    public bool IsTaken(string folder)
    {
        lock (_lock)
        {
            return _taken.ContainsKey(folder);
        }
    }

    /// <summary>Adds a folder. One that waits already gets the further reasons; one that is taken waits again when it is done.</summary>
    public void Add(FolderScanRequest request)
    {
        lock (_lock)
        {
            if (_taken.TryGetValue(request.Folder, out FolderScanRequest? since))
            {
                _taken[request.Folder] = since?.And(request) ?? request;
            }
            else
            {
                Queue(request);
            }
        }
    }

    /// <summary>Waits for a folder and takes it: it is the caller's until <see cref="Done"/>.</summary>
    public async ValueTask<FolderScanRequest> TakeAsync(CancellationToken ct)
    {
        await _available.Reader.ReadAsync(ct);
        lock (_lock)
        {
            FolderScanRequest request = Next();
            _taken.Add(request.Folder, null);
            return request;
        }
    }

    public void Done(FolderScanRequest request)
    {
        lock (_lock)
        {
            if (_taken.Remove(request.Folder, out FolderScanRequest? since) && since is not null)
            {
                Queue(since);
            }
        }
    }

    private void Queue(FolderScanRequest request)
    {
        bool isQueued = _queued.TryGetValue(request.Folder, out FolderScanRequest? before);
        FolderScanRequest both = before?.And(request) ?? request;
        _queued[request.Folder] = both;
        if (before is null || both.Priority < before.Priority)
        {
            _lanes[(int)both.Priority].Enqueue(request.Folder); // a place in a lower lane that it had is passed over
        }

        if (!isQueued)
        {
            _available.Writer.TryWrite(true);
        }
    }

    private FolderScanRequest Next()
    {
        uint iteration = _iteration++;
        while (true)
        {
            if (_queued.Remove(NextLane(iteration).Dequeue(), out FolderScanRequest? request))
            {
                return request;
            }
        }
    }

    private Queue<string> NextLane(uint iteration)
    {
        Queue<string>[] waiting = [.. _lanes.Where(static lane => lane.Count > 0)];
        int at = 0;
        while (at < waiting.Length - 1 && iteration % (UpperLaneShare + 1) == UpperLaneShare)
        {
            iteration /= UpperLaneShare + 1;
            at++;
        }

        return waiting[at];
    }
}
