namespace Hutch.Storage.Segments;

/// <summary>
/// Hands groups to a lane's writer, one batch at a time, on the right thread: the caller's in the main lane, the lane's own in the others,
/// where concurrent groups share one write and one sync.
/// </summary>
/// <remarks>
/// The main lane has one caller, the committer, which is idle until the sync is over: handing its groups to another thread and back halves
/// the throughput of a single writer (<c>docs/decisions/0042-commit-io.md</c>). The other lanes have many callers with megabytes each;
/// their waiting must not hold the pool's threads.
/// </remarks>
internal sealed class LaneQueue(LaneWriter writer, Lane lane, SegmentOptions options) : IDisposable
{
    private readonly Queue<PendingAppend> _waiting = new();
    private readonly object _gate = new();
    private readonly object _writing = new();
    private readonly List<PendingAppend> _batch = [];
    private readonly List<SegmentGroup> _groups = [];
    private Thread? _thread;
    private Exception? _fault;
    private bool _closed;

    /// <summary>Commits a group; completes when it is durable and visible. The token is not honoured once this returns.</summary>
    public Task AppendAsync(SegmentGroup group, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingAppend(group);
        if (options.UseWriterThreads && lane != Lane.Main)
        {
            Enqueue(pending);
        }
        else
        {
            WriteInline(pending);
        }

        return pending.Done;
    }

    /// <summary>Does something with the writer while nothing is being written.</summary>
    public void WithWriter(Action<LaneWriter> action)
    {
        lock (_writing)
        {
            action(writer);
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

    private void Enqueue(PendingAppend pending)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Enqueue(pending);
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "hutch lane " + lane.Name };
                _thread.Start();
            }

            Monitor.Pulse(_gate);
        }
    }

    private void WriteInline(PendingAppend pending)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _batch.Add(pending);
            Exception? error = WriteBatch();
            pending.Complete(error);
            _batch.Clear();
            Afterwards(error is null);
        }
    }

    private void Run()
    {
        while (TakeBatch())
        {
            Exception? error;
            lock (_writing)
            {
                error = WriteBatch();
            }

            _batch.ForEach(pending => pending.Complete(error));
            _batch.Clear();
            lock (_writing)
            {
                Afterwards(error is null);
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
        && bytes + next.MemberBytes <= options.MaxJoinedBytes;

    /// <summary>Writes a batch; returns its failure. Every waiting caller receives it.</summary>
    private Exception? WriteBatch()
    {
        if (_fault is not null)
        {
            return _fault;
        }

        try
        {
            _batch.ForEach(pending => _groups.Add(pending.Group));
            writer.Append(_groups, _groups[0].MayUseReserve);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            _groups.Clear();
        }
    }

    // The previous group is already answered, so a failure here must not become its outcome. Later callers get the failure, and nothing
    // more is
    // written.
    private void Afterwards(bool committed)
    {
        try
        {
            writer.PrepareAhead();
            if (committed)
            {
                writer.Measure();
            }
        }
        catch (Exception e)
        {
            _fault = e;
        }
    }
}
