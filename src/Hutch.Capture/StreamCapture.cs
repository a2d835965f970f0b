namespace Hutch.Capture;

/// <summary>
/// Receives detector streams and stores each series in a dataset of its own, for as long as it runs. Received messages stay in memory
/// until they are stored: a server that restarts loses nothing.
/// </summary>
/// <param name="socket">The source of the messages; it is stopped, but not disposed.</param>
/// <param name="options">Limits.</param>
/// <param name="state">The unfinished series of an earlier process.</param>
/// <param name="tell">Receives sentences for users, from any thread.</param>
/// <param name="failed">Receives each series that ended and could not be stored.</param>
public sealed class StreamCapture(
    StreamSocket socket, ICaptureDestination destination, CaptureOptions options, CaptureState state, TimeProvider time,
    Action<string> tell, Action<CapturedSeries> ended, Action<FailedSeries> failed)
{
    private readonly Dictionary<string, OpenSeries> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<Task, string> _storing = [];
    private readonly Lock _gate = new();
    private long _messages;
    private long _refused;

    public long Messages => Volatile.Read(ref _messages);

    public long Refused => Volatile.Read(ref _refused);

    /// <summary>
    /// Receives until cancelled; then stores the received images, for at most <see cref="CaptureOptions.DrainSeconds"/>. Unfinished series
    /// continue after the next start.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var buffer = new CaptureBuffer((long)options.BufferMegabytes << 20);
        using var drain = new CancellationTokenSource();
        using CancellationTokenRegistration stop = cancellationToken.Register(socket.Stop);
        await using ITimer silence = time.CreateTimer(_ => EndSilent(), null, options.Silence / 4, options.Silence / 4);
        await Task.Factory.StartNew(
            () => Receive(buffer, drain.Token, cancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        using ITimer limit = time.CreateTimer(
            _ => drain.Cancel(), null, TimeSpan.FromSeconds(options.DrainSeconds), Timeout.InfiniteTimeSpan);
        await Task.WhenAll(Interrupt());
    }

    private Task[] Interrupt()
    {
        lock (_gate)
        {
            foreach (OpenSeries open in _open.Values)
            {
                open.Session.IsInterrupted = true;
                open.Series.Complete(null);
            }

            return [.. _storing.Keys];
        }
    }

    private void Receive(CaptureBuffer buffer, CancellationToken drain, CancellationToken cancellationToken)
    {
        try
        {
            while (socket.Receive() is { } message)
            {
                Take(message, Receipt.Now(time), buffer, drain, cancellationToken);
                _messages++;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped while it waited for room.
        }
    }

    private void Take(
        StreamBuffer message, Receipt received, CaptureBuffer buffer, CancellationToken drain, CancellationToken cancellationToken)
    {
        if (message.IsTooLong)
        {
            message.Dispose();
            Reject("It has 2 GiB or more.");
            return;
        }

        if (!StreamMessageReader.Read(message.Memory).TryGet(out StreamMessage? read, out HutchError? error))
        {
            message.Dispose();
            Reject(error.Message);
            return;
        }

        if (read is ImageMessage image && FindOrOpen(image.Series, null, buffer, drain) is { } series)
        {
            series.LastMessage = received.Timestamp;
            series.Take(image, message, received, cancellationToken);
            return;
        }

        if (read is StartMessage)
        {
            // Its arrays are read later, and must not be those of a message that is gone.
            var start = (StartMessage)StreamMessageReader.Read(message.GetSpan().ToArray()).Value;
            EndBefore(start);
            if (FindOrOpen(start.Series, start, buffer, drain) is { } begun)
            {
                begun.LastMessage = received.Timestamp;
                if (begun.Start is null)
                {
                    begun.TakeLate(start);
                }
            }
        }
        else if (read is CopiesMessage copies)
        {
            FindOrRemember(copies.Series, buffer, drain)?.Take(copies);
        }
        else if (read is EndMessage end)
        {
            _ = FindOrRemember(end.Series, buffer, drain);
            End(end.Series, end);
        }
        else if (read is UnknownMessage)
        {
            Spool(read.Series, message.GetSpan());
        }

        message.Dispose();
    }

    /// <summary>
    /// A detector that has no unique names of series counts from 1 again when it is restarted: a start in the middle of a series of that
    /// name is that of another one.
    /// </summary>
    private void EndBefore(StartMessage start)
    {
        CaptureSeries? open = Find(start.Series);
        if (start.SeriesUniqueId is null && open is { Start: not null, Received: > 0 })
        {
            End(start.Series, null);
        }
    }

    private void Spool(string key, ReadOnlySpan<byte> message)
    {
        if (Find(key) is { } series)
        {
            series.Spool(message);
        }
        else
        {
            Reject("It is of a type that Hutch does not know, and belongs to no series that is under way.");
        }
    }

    /// <summary>
    /// Finds the current series, or one from before a restart or a silence of the detector: its end may be the only message that still
    /// comes. Returns null for an unknown series, or one that is over.
    /// </summary>
    private CaptureSeries? FindOrRemember(string key, CaptureBuffer buffer, CancellationToken drain)
    {
        lock (_gate)
        {
            return _open.ContainsKey(key) || (!_storing.ContainsValue(key) && state.Find(key) is not null)
                ? FindOrOpen(key, null, buffer, drain)
                : null;
        }
    }

    private CaptureSeries? Find(string key)
    {
        lock (_gate)
        {
            return _open.TryGetValue(key, out OpenSeries? open) ? open.Series : null;
        }
    }

    private void Reject(string reason)
    {
        if (_refused++ == 0)
        {
            tell($"A message was left out: {reason} Further ones are counted.");
        }
    }

    private CaptureSeries? FindOrOpen(string key, StartMessage? start, CaptureBuffer buffer, CancellationToken drain)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(key, out OpenSeries? open))
            {
                return open.Series;
            }

            if (_open.Count >= options.MaxOpenSeries)
            {
                Reject($"{options.MaxOpenSeries} series are under way already.");
                return null;
            }

            var series = new CaptureSeries(key, start, buffer, options.WaitsForSpace) { LastMessage = time.GetTimestamp() };
            var session = new CaptureSession(series, destination, state, time, tell, failed);
            _open[key] = new OpenSeries(series, session);
            Task storing = StoreAsync(session, drain);
            _storing.Add(storing, key);
            _ = storing.ContinueWith(Remove, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return series;
        }
    }

    private void Remove(Task storing)
    {
        lock (_gate)
        {
            _storing.Remove(storing);
        }
    }

    private void End(string key, EndMessage? end)
    {
        lock (_gate)
        {
            if (_open.Remove(key, out OpenSeries? open))
            {
                open.Series.Complete(end);
            }
        }
    }

    private async Task StoreAsync(CaptureSession session, CancellationToken drain)
    {
        await Task.Yield();
        try
        {
            if (await session.RunAsync(drain) is { } series)
            {
                ended(series);
            }
        }
        catch (OperationCanceledException) when (drain.IsCancellationRequested)
        {
            tell("Images that were received could not be stored before the end.");
        }
    }

    /// <summary>Ends series after a long silence: their detector is gone, or the end was lost.</summary>
    private void EndSilent()
    {
        string[] silent;
        lock (_gate)
        {
            silent = [.. _open.Where(open => time.GetElapsedTime(open.Value.Series.LastMessage) > options.Silence).Select(
                open => open.Key)];
        }

        foreach (string key in silent)
        {
            End(key, null);
        }
    }

    private sealed record OpenSeries(CaptureSeries Series, CaptureSession Session);
}
