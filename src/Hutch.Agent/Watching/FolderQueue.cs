using System.Threading.Channels;

namespace Hutch.Agent.Watching;

/// <summary>
/// The folders that are due for a look. Each is in it at most once, and no two consumers have the same folder at a time. What changed comes
/// before what is only looked through again.
/// </summary>
/// <remarks>Thread-safe. Holds at most one entry for each folder that is queued or taken.</remarks>
public sealed class FolderQueue
{
    // Every fourth comes from the calm lane, however much is urgent.
    private const int TurnsOfTheUrgent = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FolderDue> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FolderDue?> _taken = new(StringComparer.Ordinal);
    private readonly Queue<string> _urgent = new();
    private readonly Queue<string> _calm = new();
    private readonly Channel<bool> _available = Channel.CreateUnbounded<bool>();
    private int _turn;

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
        if (before is null || (both.IsUrgent && !before.IsUrgent))
        {
            (both.IsUrgent ? _urgent : _calm).Enqueue(due.Folder); // a place in the calm lane that it had is passed over
        }

        if (!isQueued)
        {
            _available.Writer.TryWrite(true);
        }
    }

    private FolderDue Next()
    {
        bool isCalmsTurn = _turn++ % (TurnsOfTheUrgent + 1) == TurnsOfTheUrgent;
        while (true)
        {
            Queue<string> lane = _urgent.Count == 0 || (isCalmsTurn && _calm.Count > 0) ? _calm : _urgent;
            if (_queued.Remove(lane.Dequeue(), out FolderDue? due))
            {
                return due;
            }
        }
    }
}
