namespace Hutch.Messaging.InProcess;

/// <summary>Lines of the outbox without an answer, and the position up to which all are answered, after which a restart begins.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class OutboxWindow(long position)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<long> _open = [];
    private long _read = position;
    private long _saved = position;

    public void Open(long sequence)
    {
        lock (_lock)
        {
            _open.Add(sequence);
            _read = sequence;
        }
    }

    /// <summary>A line was read that does not concern the queue.</summary>
    public void Pass(long sequence)
    {
        lock (_lock)
        {
            _read = sequence;
        }
    }

    /// <summary>A line was answered for good; false when it had been already.</summary>
    public bool Close(long sequence)
    {
        lock (_lock)
        {
            return _open.Remove(sequence);
        }
    }

    /// <summary>The position to be saved, when it has moved by so much since the last time; null otherwise.</summary>
    public long? TakeMoved(long least)
    {
        lock (_lock)
        {
            long answered = _open.Count == 0 ? _read : _open.Min - 1;
            if (answered - _saved < least)
            {
                return null;
            }

            _saved = answered;
            return answered;
        }
    }
}
