namespace Hutch.Storage.Segments;

/// <summary>
/// Brings groups to a lane's writer, one batch at a time, and keeps the disk's waiting off the thread pool: each lane writes and syncs on a thread
/// of its own, which the caller awaits. Groups without records that wait at the same time share one write and one sync.
/// </summary>
/// <remarks>
/// Why a thread: a sync takes 0.1 ms on a good disk and 10 ms or more on a bad one, and a pool of two threads that waits in it answers nobody.
/// Handing over costs some 20 µs a group. With <see cref="SegmentOptions.UseWriterThreads"/> off, the caller's thread does the work.
/// </remarks>
internal sealed class LaneQueue : IDisposable
{
    private readonly LaneWriter _writer;
    private readonly SegmentOptions _options;
    private readonly Queue<PendingAppend> _waiting = new();
    private readonly object _gate = new();
    private readonly object _writing = new();
    private readonly List<PendingAppend> _batch = [];
    private readonly List<SegmentGroup> _groups = [];
    private readonly string _name;
    private Thread? _thread;
    private bool _closed;
    private Exception? _fault;

    public LaneQueue(LaneWriter writer, Lane lane, SegmentOptions options)
    {
        _writer = writer;
        _options = options;
        _name = "hutch lane " + lane.Name;
    }

    /// <summary>Commits a group; completes when it is durable and visible. The token is not honoured any more once this returns.</summary>
    public Task AppendAsync(SegmentGroup group, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingAppend(group);
        if (!_options.UseWriterThreads)
        {
            lock (_writing)
            {
                _batch.Add(pending);
                WriteBatch();
            }

            return pending.Done;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Enqueue(pending);
            StartThread();
            Monitor.Pulse(_gate);
        }

        return pending.Done;
    }

    /// <summary>Does something with the writer while nothing is being written.</summary>
    public void WithWriter(Action<LaneWriter> action)
    {
        lock (_writing)
        {
            action(_writer);
        }
    }

    /// <summary>Ends the thread when what waits is written.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _closed = true;
            thread = _thread;
            Monitor.PulseAll(_gate);
        }

        thread?.Join();
    }

    private void StartThread()
    {
        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = _name };
            _thread.Start();
        }
    }

    private void Run()
    {
        while (TakeBatch())
        {
            lock (_writing)
            {
                WriteBatchOnThread();
            }
        }
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }

            long bytes = 0;
            do
            {
                PendingAppend next = _waiting.Dequeue();
                bytes += next.Group.MemberBytes;
                _batch.Add(next);
            }
            while (_waiting.TryPeek(out PendingAppend? following) && MayJoin(following.Group, bytes));
        }

        return true;
    }

    // Groups with records keep their own ends: their order is the order of the journal.
    private bool MayJoin(SegmentGroup next, long bytes) =>
        _batch[0].Group.FirstSequence == 0 && next.FirstSequence == 0 && next.MayUseReserve == _batch[0].Group.MayUseReserve
        && bytes + next.MemberBytes <= _options.MaxJoinedBytes;

    // Nobody is above to catch what should not happen: it is kept for those who come next.
    private void WriteBatchOnThread()
    {
        try
        {
            WriteBatch();
        }
        catch (Exception e)
        {
            _fault = e;
        }
    }

    private void WriteBatch()
    {
        try
        {
            if (_fault is not null)
            {
                throw new InvalidOperationException("The lane's writer has failed; the store must be opened again.", _fault);
            }

            foreach (PendingAppend pending in _batch)
            {
                _groups.Add(pending.Group);
            }

            _writer.Append(_groups, _batch[0].Group.MayUseReserve);
            _batch.ForEach(static pending => pending.Succeed());
        }
        catch (Exception e)
        {
            // Whatever it was, those who wait must hear of it; the thread goes on for the next.
            _batch.ForEach(pending => pending.Fail(e));
        }
        finally
        {
            _batch.Clear();
            _groups.Clear();
        }

        if (_fault is null)
        {
            _writer.PrepareAhead();
        }
    }
}
