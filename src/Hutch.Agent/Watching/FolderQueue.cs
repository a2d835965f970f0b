using System.Threading.Channels;

namespace Hutch.Agent.Watching;

/// <summary>
/// The folders that are due for a look. Each is in it at most once, and no two consumers have the same folder at a time. What changed comes
/// before what may have changed, and that before what is only looked through again.
/// </summary>
/// <remarks>Thread-safe. Holds at most one entry for each folder that is queued or taken.</remarks>
public sealed class FolderQueue
{
    // Every fourth comes from a lower lane, however much is waiting in the upper one.
    private const int TurnsOfUpperLane = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FolderDue> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FolderDue?> _taken = new(StringComparer.Ordinal);
    private readonly Queue<string>[] _lanes = [.. Enum.GetValues<DuePriority>().Select(static _ => new Queue<string>())];
    private readonly Channel<bool> _available = Channel.CreateUnbounded<bool>();
    private uint _turn;

    /// <summary>How many folders wait.</summary>
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

    /// <summary>Whether somebody has taken a folder, and not given it back.</summary>
    public bool IsTaken(string folder)
    {
        lock (_lock)
        {
            return _taken.ContainsKey(folder);
        }
    }

    /// <summary>Adds a folder. One that waits already gets the further reasons; one that is taken waits again when it is done.</summary>
    public void Add(FolderDue due)
    {
        ArgumentNullException.ThrowIfNull(due);
        lock (_lock)
        {
            if (_taken.TryGetValue(due.Folder, out FolderDue? since))
            {
                _taken[due.Folder] = since?.And(due) ?? due;
            }
            else
            {
                Queue(due);
            }
        }
    }

    /// <summary>Waits for a folder and takes it: it is the caller's until <see cref="Done"/>.</summary>
    public async ValueTask<FolderDue> TakeAsync(CancellationToken ct)
    {
        await _available.Reader.ReadAsync(ct);
        lock (_lock)
        {
            FolderDue due = Next();
            _taken.Add(due.Folder, null);
            return due;
        }
    }

    /// <summary>Gives a folder back.</summary>
    public void Done(FolderDue due)
    {
        ArgumentNullException.ThrowIfNull(due);
        lock (_lock)
        {
            if (_taken.Remove(due.Folder, out FolderDue? since) && since is not null)
            {
                Queue(since);
            }
        }
    }

    private void Queue(FolderDue due)
    {
        bool isQueued = _queued.TryGetValue(due.Folder, out FolderDue? before);
        FolderDue both = before?.And(due) ?? due;
        _queued[due.Folder] = both;
        if (before is null || both.Priority < before.Priority)
        {
            _lanes[(int)both.Priority].Enqueue(due.Folder); // a place in a lower lane that it had is passed over
        }

        if (!isQueued)
        {
            _available.Writer.TryWrite(true);
        }
    }

    private FolderDue Next()
    {
        uint turn = _turn++;
        while (true)
        {
            if (_queued.Remove(NextLane(turn).Dequeue(), out FolderDue? due))
            {
                return due;
            }
        }
    }

    private Queue<string> NextLane(uint turn)
    {
        Queue<string>[] waiting = [.. _lanes.Where(static lane => lane.Count > 0)];
        int at = 0;
        while (at < waiting.Length - 1 && turn % (TurnsOfUpperLane + 1) == TurnsOfUpperLane)
        {
            turn /= TurnsOfUpperLane + 1;
            at++;
        }

        return waiting[at];
    }
}
