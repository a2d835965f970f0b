namespace Hutch.Capture;

/// <summary>
/// Receives detector streams and stores each series in a dataset of its own, for as long as it runs. Received messages stay in memory
/// until they are stored, and those that cannot be stored at once are on disk: a server that restarts, and a capture that is killed, lose
/// nothing.
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
    private static readonly TimeSpan SpoolEvery = TimeSpan.FromSeconds(0.1);

    private readonly Dictionary<string, OpenSeries> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<Task, CaptureSeries> _storing = [];
    private readonly Queue<string> _remembered = new();
    private readonly Lock _gate = new();
    private readonly CaptureSpool? _spool = options.SpoolMegabytes == 0 ? null : new CaptureSpool(
        Path.Combine(state.Folder, "spool"), (long)options.SpoolMegabytes << 20, time, tell);

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
        using var buffer = new CaptureBuffer((long)options.BufferMegabytes << 20, options.Patience);
        using var drain = new CancellationTokenSource();
        using CancellationTokenRegistration stop = cancellationToken.Register(socket.Stop);
        await using ITimer silence = time.CreateTimer(_ => EndSilent(), null, options.Silence / 4, options.Silence / 4);
        using var ended = new CancellationTokenSource();
        Task spooling = SpoolAsync(ended.Token);
        TakeUp(buffer, drain.Token);
        await Task.Factory.StartNew(
            () => Receive(buffer, drain.Token, cancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        using ITimer limit = time.CreateTimer(
            _ => drain.Cancel(), null, TimeSpan.FromSeconds(options.DrainSeconds), Timeout.InfiniteTimeSpan);
        await Task.WhenAll(Interrupt());
        await ended.CancelAsync();
        await spooling;
    }

    /// <summary>Writes what waits for too long to the spool, until it is cancelled.</summary>
    private async Task SpoolAsync(CancellationToken ct)
    {
        if (_spool is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(SpoolEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                long before = time.GetTimestamp() - (long)(options.SpoolAfter.TotalSeconds * time.TimestampFrequency);
                foreach (CaptureSeries series in Storing())
                {
                    series.WriteOut(before);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Nothing waits any more.
        }
    }

    /// <summary>Takes up the series that an earlier process left: what is in the spool, and what it remembers.</summary>
    private void TakeUp(CaptureBuffer buffer, CancellationToken drain)
    {
        foreach ((SeriesSpool spool, IReadOnlyList<SpooledMessage> messages) in _spool?.Load() ?? [])
        {
            Replay(spool, messages, buffer, drain);
        }

        lock (_gate)
        {
            foreach (string series in state.ListUnfinished().Where(series => !_open.ContainsKey(series)))
            {
                _remembered.Enqueue(series);
            }
        }

        TakeUpRemembered(buffer, drain);
    }

    /// <summary>Takes up remembered series, a bounded number at a time.</summary>
    private void TakeUpRemembered(CaptureBuffer buffer, CancellationToken drain)
    {
        lock (_gate)
        {
            while (_open.Values.Count(static open => open.Series.IsResumed) < options.MaxOpenSeries
                && _remembered.TryDequeue(out string? series))
            {
                if (!_open.ContainsKey(series) && state.Find(series) is { } known)
                {
                    Open(series, null, known, buffer, _spool?.Begin(series), new FrameSet(), drain);
                }
            }
        }
    }

    private void Replay(SeriesSpool spool, IReadOnlyList<SpooledMessage> messages, CaptureBuffer buffer, CancellationToken drain)
    {
        var others = new List<(StreamMessage Message, SpooledMessage Spooled)>();
        foreach (SpooledMessage one in messages.Where(static one => one.Head.Image == SpoolHead.NoImage))
        {
            var bytes = new byte[one.Place.Length];
            if (spool.TryRead(one.Place, bytes) && StreamMessageReader.Read(bytes).TryGet(out StreamMessage? read, out _))
            {
                others.Add((read, one));
            }
        }

        var images = new FrameSet();
        foreach (SpooledMessage image in messages.Where(static one => one.Head.Image != SpoolHead.NoImage))
        {
            images.Add((int)image.Head.Image + 1);
        }

        OpenSeries open;
        (StreamMessage? start, SpooledMessage startAt) = others.FirstOrDefault(static one => one.Message is StartMessage);
        lock (_gate)
        {
            End(spool.Series, null); // one of the same name, which began before
            open = Open(spool.Series, start as StartMessage, spool.Dataset, buffer, spool, images, drain);
        }

        if (start is not null)
        {
            open.Series.RememberStart(startAt.Place);
        }

        foreach (SpooledMessage image in messages.Where(static one => one.Head.Image != SpoolHead.NoImage))
        {
            open.Series.Take(image, new Receipt(time.GetTimestamp(), image.Head.Moment));
        }

        foreach ((StreamMessage message, SpooledMessage spooled) in others)
        {
            Take(message, spooled, open);
        }
    }

    /// <summary>Takes a message of an earlier process that is no image.</summary>
    private void Take(StreamMessage message, SpooledMessage spooled, OpenSeries open)
    {
        if (message is CopiesMessage copies)
        {
            open.Series.Take(copies);
        }
        else if (message is EndMessage end)
        {
            End(open.Series.Key, end);
        }
        else if (message is UnknownMessage)
        {
            var bytes = new byte[spooled.Place.Length];
            if (open.Series.Spool!.TryRead(spooled.Place, bytes))
            {
                open.Series.Take(bytes, new Receipt(time.GetTimestamp(), spooled.Head.Moment), spooled.Place);
            }
        }
    }

    private CaptureSeries[] Storing()
    {
        lock (_gate)
        {
            return [.. _storing.Values];
        }
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
            using var parts = new StreamParts();
            while (socket.Receive() is { } part)
            {
                if (parts.Add(part) is not { } received)
                {
                    continue;
                }

                if (received.TryGet(out StreamBuffer? message, out HutchError? error))
                {
                    Take(message, Receipt.Now(time), buffer, drain, cancellationToken);
                }
                else
                {
                    Reject(error.Message);
                }

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
            series.Hear(received.Timestamp);
            series.Take(image, message, received, cancellationToken);
            return;
        }

        if (read is StartMessage)
        {
            // Its arrays are read later, and must not be those of a message that is gone.
            byte[] bytes = message.GetSpan().ToArray();
            var start = (StartMessage)StreamMessageReader.Read(bytes).Value;
            EndBefore(start);
            if (FindOrOpen(start.Series, start, buffer, drain) is { } begun)
            {
                begun.Hear(received.Timestamp);
                begun.RememberStart(bytes, received);
                if (begun.Start is null)
                {
                    begun.TakeLate(start);
                }
            }
        }
        else if (read is CopiesMessage copies)
        {
            CaptureSeries? counted = FindOrRemember(copies.Series, buffer, drain);
            counted?.Take(copies);
            counted?.Remember(message.GetSpan().ToArray(), received);
        }
        else if (read is EndMessage end)
        {
            CaptureSeries? over = FindOrRemember(end.Series, buffer, drain);
            over?.Hear(received.Timestamp);
            over?.Remember(message.GetSpan().ToArray(), received);
            End(end.Series, end);
        }
        else if (read is UnknownMessage)
        {
            Keep(read.Series, message.GetSpan(), received);
        }

        message.Dispose();
    }

    /// <summary>
    /// A detector that has no unique names of series counts from 1 again when it is restarted: a start in the middle of a series of that
    /// name is that of another one. So is one after a restart of this capture.
    /// </summary>
    private void EndBefore(StartMessage start)
    {
        CaptureSeries? open = Find(start.Series);
        if (open is { IsResumed: true, IsLive: false } || (start.SeriesUniqueId is null && open is { Start: not null, Received: > 0 }))
        {
            End(start.Series, null);
        }
    }

    private void Keep(string key, ReadOnlySpan<byte> message, Receipt received)
    {
        if (Find(key) is { } series)
        {
            series.Take(message, received);
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
            return _open.ContainsKey(key) || (!_storing.Values.Any(series => series.Key == key) && state.Find(key) is not null)
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

            if (_open.Values.Count(static one => !one.Series.IsResumed) >= options.MaxOpenSeries)
            {
                Reject($"{options.MaxOpenSeries} series are under way already.");
                return null;
            }

            // A start is that of a new series: detectors without unique names count from 1 again after a restart.
            string? known = start is null ? state.Find(key) : null;
            return Open(key, start, known, buffer, _spool?.Begin(key), null, drain).Series;
        }
    }

    /// <summary>Begins to store a series. The caller holds the lock.</summary>
    /// <param name="known">
    /// The dataset that an earlier process took for it; null for none. It is found now, because another series of the same name may take
    /// one before this one is stored.
    /// </param>
    /// <param name="replayed">The images that an earlier process left, for a series that it began; null for a new one.</param>
    private OpenSeries Open(
        string key, StartMessage? start, string? known, CaptureBuffer buffer, SeriesSpool? spool, FrameSet? replayed,
        CancellationToken drain)
    {
        if (known is not null)
        {
            spool?.Remember(known);
        }

        var series = new CaptureSeries(key, start, buffer, options.WaitsForSpace, spool, isResumed: replayed is not null)
        {
            LastMessage = time.GetTimestamp(),
        };
        var session = new CaptureSession(series, destination, state, time, tell, failed)
        {
            Known = known,
            Replayed = replayed ?? new FrameSet(),
        };
        var open = new OpenSeries(series, session);
        _open[key] = open;
        Task storing = StoreAsync(open.Session, drain);
        _storing.Add(storing, series);
        _ = storing.ContinueWith(
            task => Remove(task, buffer, drain), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return open;
    }

    private void Remove(Task storing, CaptureBuffer buffer, CancellationToken drain)
    {
        lock (_gate)
        {
            if (_storing.Remove(storing, out CaptureSeries? series) && _open.TryGetValue(series.Key, out OpenSeries? open)
                && open.Series == series)
            {
                _open.Remove(series.Key); // it was over before a message said so
            }
        }

        if (!drain.IsCancellationRequested)
        {
            TakeUpRemembered(buffer, drain);
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
            session.Series.WriteOut(long.MaxValue);
            tell(session.Series.Spool is { WasFull: false }
                ? $"Images that were received could not be stored before the end: they are in {Display.Quote(_spool!.Folder)}, and are "
                    + "stored after the next start."
                : "Images that were received could not be stored before the end.");
        }

        if (session.IsInterrupted)
        {
            session.Series.Spool?.Close();
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
