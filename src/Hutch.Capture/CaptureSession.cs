using Hutch.Client.Transfers;

namespace Hutch.Capture;

/// <summary>Stores one series that is being received, from its first message to its record.</summary>
/// <remarks>
/// The flow from a frame to its row on a plot; the code repeats the numbers of this class's part:
/// <para>1. <c>StreamCapture</c> reads messages from the detector's socket and hands them to the session of their series.</para>
/// <para>2. The session finds the header, and the dataset: one that an earlier start began, or a new one.</para>
/// <para>3. <see cref="FrameIngest"/> stores each image as an entry of the dataset, with retries; the server hashes and commits it.</para>
/// <para>4. Messages and the image log are stored, and the series is finished; the dataset is closed if so configured.</para>
/// <para>5. At the server, the outbox announces each new frame to the run; the frame lease queue leases it to a worker.</para>
/// <para>6. The worker decodes the frame, runs the step and returns a row, which the server commits and sends to subscribers.</para>
/// </remarks>
internal sealed class CaptureSession(
    CaptureSeries series, ICaptureDestination destination, CaptureState state, TimeProvider time, Action<string> tell,
    Action<FailedSeries> failed)
{
    private const string MessagePath = FrameHeader.ArrayFolder + "/message_";

    /// <summary>The interval at which the image log is stored during a series.</summary>
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    /// <summary>The time after which a series of an earlier process gets a first record.</summary>
    private static readonly TimeSpan FirstRecordAfter = TimeSpan.FromSeconds(3);

    private readonly LatencyHistogram _latency = new();
    private readonly ImageLog _log = new();
    private readonly RetryForever _retry = new(time, reason => tell($"Waiting to store series {Display.Quote(series.Key)}: {reason}"));
    private CaptureRecord? _before;
    private int _messagesBefore;
    private long _storedBefore;
    private long _imagesBefore;
    private long _unreadable;

    public CaptureSeries Series => series;

    /// <summary>The images of an earlier process that wait to be stored.</summary>
    public FrameSet Replayed { get; init; } = new();

    /// <summary>The dataset that an earlier process took for it; null for none.</summary>
    public string? Known { get; init; }

    /// <summary>True if it stops before the end of the series, and continues after the next start.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>Stores what comes until there is no more. Null if the series could not be stored, or was interrupted.</summary>
    public async Task<CapturedSeries?> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            CapturedSeries? stored = await StoreAsync(cancellationToken);
            if (!IsInterrupted)
            {
                series.Spool?.Delete();
            }

            return stored;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // No other series suffers; what still comes of this one is counted and let go.
            string reason = e is HutchException refusal ? refusal.Error.Message : e.Message;
            tell($"Series {Display.Quote(series.Key)} cannot be stored: {reason}");
            long lost = await DrainAsync(cancellationToken);
            series.Spool?.Delete();
            failed(new FailedSeries(series.Key, reason, series.Received, lost + _unreadable));
            return null;
        }
    }

    private async Task<CapturedSeries?> StoreAsync(CancellationToken cancellationToken)
    {
        string? known = Known;

        // Step 2. The next message of a series that an earlier process began may never come.
        StreamHeader? header = series.IsResumed && known is not null ? null : await HeaderAsync(cancellationToken);
        CaptureTarget? again = known is null
            ? null
            : await _retry.RepeatAsync(() => destination.ReopenAsync(known, cancellationToken), cancellationToken);
        StreamSource? reopened = again is null
            ? null
            : await ReopenAsync(new RetryingSink(again.Sink, _retry), header, cancellationToken);
        if (header is null && reopened is null && series.IsResumed)
        {
            header = await HeaderAsync(cancellationToken);
            reopened = again is null || header is null
                ? null
                : await ReopenAsync(new RetryingSink(again.Sink, _retry), header, cancellationToken);
        }

        if (header is null && reopened is null)
        {
            Remove(known);
            return null; // nothing came of it
        }

        CaptureTarget target = reopened is not null
            ? again!
            : await CreateAsync(header!, known, cancellationToken);
        Remember(target.Id);
        var sink = new RetryingSink(target.Sink, _retry);
        StreamSource source = reopened ?? Open(header!, new FrameSet());
        // Step 3.
        IngestOutcome outcome = await StoreAsync(sink, source, cancellationToken);
        // Step 4.
        await StoreMessagesAsync(sink, cancellationToken);
        return await FinishAsync(target, sink, source, outcome, cancellationToken);
    }

    private Task<CaptureTarget> CreateAsync(StreamHeader header, string? known, CancellationToken cancellationToken)
    {
        var begun = new NewSeries(series.Key, series.Start?.Fields, header.Json, known, Remember);
        return _retry.RepeatAsync(() => destination.CreateAsync(begun, cancellationToken), cancellationToken);
    }

    private async Task<IngestOutcome> StoreAsync(RetryingSink sink, StreamSource source, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task logging = Task.WhenAll(StoreLogsAsync(sink, stop.Token), RecordSoonAsync(sink, source, stop.Token));
        IngestOutcome outcome;
        try
        {
            outcome = await new FrameIngest(sink, new ForwardingProgress(tell)).RunAsync(source, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await logging;
        }

        await StoreLogAsync(sink, cancellationToken);
        return outcome;
    }

    /// <summary>
    /// Returns the header from the start message, as soon as it arrives. With older firmware, and without a start, an image is needed as
    /// well. Null if there never is one.
    /// </summary>
    private async Task<StreamHeader?> HeaderAsync(CancellationToken cancellationToken)
    {
        if (series.Start is { } start && StreamHeader.Make(start, null).TryGet(out StreamHeader? header, out _))
        {
            return header;
        }

        HutchError? problem = null;
        while (await series.Images.WaitToReadAsync(cancellationToken) && series.Images.TryPeek(out ReceivedImage? image))
        {
            if (image.Open().TryGet(out ImageMessage? content, out problem))
            {
                if (StreamHeader.Make(series.Start, content).TryGet(out header, out problem))
                {
                    return header;
                }

                if (StreamHeader.Make(null, content).TryGet(out header, out _))
                {
                    tell(problem.Message); // a start that cannot be is worth no more than none
                    return header;
                }
            }

            // The next image may say what this one does not.
            _ = series.Images.TryRead(out _);
            image.GiveUp();
            _unreadable++;
        }

        return problem is null || Known is not null ? null : throw problem.ToException();
    }

    private StreamSource Open(StreamHeader header, FrameSet known)
    {
        foreach (string note in header.Notes)
        {
            tell(note);
        }

        return new StreamSource(series, header.Json, header.Header, header.Arrays, known, _log) { Done = Stored };
    }

    /// <summary>
    /// Continues where an earlier process stopped: with its header, and without the stored frames. Returns null if another series took
    /// the dataset first, or if nothing is known of the images.
    /// </summary>
    private async Task<StreamSource?> ReopenAsync(RetryingSink sink, StreamHeader? header, CancellationToken cancellationToken)
    {
        var known = new FrameSet();
        await sink.LoadExistingAsync(cancellationToken);
        byte[]? json = await ReadAsync(sink, FrameHeader.EntryPath, FrameHeader.MaxBytes, cancellationToken);
        if (json is null ? header is null : FrameHeader.SourceOf(json) != StreamHeader.SourceOf(series.Key))
        {
            return null;
        }

        _log.Load(
            await ReadAsync(sink, ImageLog.TimesPath, int.MaxValue, cancellationToken),
            await ReadAsync(sink, ImageLog.FieldsPath, ImageLog.MaxFieldBytes, cancellationToken));
        var logged = _log.Numbers();
        foreach (string path in sink.Paths)
        {
            if (FrameEntry.TryParse(path, out int number, out _))
            {
                _imagesBefore += known.Add(number) ? 1 : 0;
                _storedBefore++;
                if (logged.Add(number) && ImageTimes.TryParse(number, sink.UserMetadata(path), out ImageTimes times))
                {
                    _log.Add(times); // stored after the times were written last, by a process that was killed
                }
            }

            _messagesBefore += path.StartsWith(MessagePath, StringComparison.Ordinal) ? 1 : 0;
        }

        _before = await ReadAsync(sink, CaptureRecord.EntryPath, FrameHeader.MaxBytes, cancellationToken) is { } record
            ? CaptureRecord.TryParse(record)
            : null;
        if (series.IsResumed && _before is { HasEnd: true })
        {
            series.Complete(null); // the process was killed after its last record: nothing more comes
        }

        if (json is null)
        {
            return Open(header!, known);
        }

        return new StreamSource(series, json, FrameHeader.Parse(json).Value, [], known, _log) { Done = Stored };
    }

    private static async Task<byte[]?> ReadAsync(RetryingSink sink, string path, int maxBytes, CancellationToken cancellationToken) =>
        sink.Paths.Contains(path) ? await sink.ReadAsync(path, maxBytes, cancellationToken) : null;

    private async Task StoreLogsAsync(RetryingSink sink, CancellationToken cancellationToken)
    {
        int stored = _log.Count;
        using var timer = new PeriodicTimer(LogInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                // A tenth more each time, so that all of it together is a small multiple of the last.
                if (_log.Count > stored + (stored / 10))
                {
                    stored = _log.Count;
                    await StoreLogAsync(sink, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It is stored once more at the end.
        }
    }

    /// <summary>
    /// Stores a first record of a series that an earlier process began: its end may be lost, and nobody should wait for the silence to hear
    /// what is missing.
    /// </summary>
    private async Task RecordSoonAsync(RetryingSink sink, StreamSource source, CancellationToken cancellationToken)
    {
        if (!series.IsResumed || series.HasEnd)
        {
            return;
        }

        try
        {
            await Task.Delay(FirstRecordAfter, time, cancellationToken);
            IReadOnlyList<FrameRange> gaps = source.Missing(Replayed);
            long missing = gaps.Sum(static gap => (long)gap.Last - gap.First + 1);
            var outcome = new IngestOutcome(
                Math.Max(0, source.StoredImages - _imagesBefore), 0, 0, missing,
                [.. gaps.Take(IngestOutcome.MaxGaps).Select(static gap => FrameEntry.Path(gap.First, "")
                    + (gap.Last > gap.First ? $" to {FrameEntry.Path(gap.Last, "")}" : ""))]);
            CaptureRecord record = Record(source, outcome) with { Received = Math.Max(_before?.Received ?? 0, source.StoredImages) };
            await PutRecordAsync(sink, record, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The last record follows.
        }
    }

    private async Task StoreLogAsync(RetryingSink sink, CancellationToken cancellationToken)
    {
        if (_log.TimesFile() is { } times)
        {
            await PutAsync(sink, ImageLog.TimesPath, times, NumpyFile.ContentType, cancellationToken);
        }

        if (_log.FieldsFile() is { } fields)
        {
            await PutAsync(sink, ImageLog.FieldsPath, fields, ImageLog.FieldsType, cancellationToken);
        }
    }

    private async Task StoreMessagesAsync(RetryingSink sink, CancellationToken cancellationToken)
    {
        int number = _messagesBefore;
        foreach (byte[] message in series.Others)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{MessagePath}{++number:D6}.cbor");
            await PutAsync(sink, path, message, "application/cbor", cancellationToken);
        }

        series.ForgetOthers();
    }

    private async Task<CapturedSeries?> FinishAsync(
        CaptureTarget target, RetryingSink sink, StreamSource source, IngestOutcome outcome, CancellationToken cancellationToken)
    {
        // A record with an end is the last one: the process was killed behind it.
        CaptureRecord record = _before is { HasEnd: true } && !series.HasEnd ? _before : Record(source, outcome);
        await PutRecordAsync(sink, record, cancellationToken);
        if (IsInterrupted)
        {
            return null;
        }

        string? staysOpen = await _retry.RepeatAsync(() => destination.CompleteAsync(target, cancellationToken), cancellationToken);
        Remove(target.Id);
        return new CapturedSeries(target.Name, record, staysOpen);
    }

    private CaptureRecord Record(StreamSource source, IngestOutcome outcome) => new()
    {
        Series = series.Key,
        Announced = source.Header.Images,
        Received = Math.Max(series.Received - series.StoredBefore + (_before?.Received ?? _imagesBefore), source.StoredImages),
        Stored = outcome.Frames + _storedBefore,
        Duplicates = source.Duplicates + (_before?.Duplicates ?? 0),
        Unreadable = source.Unreadable + _unreadable + (_before?.Unreadable ?? 0),
        Dropped = series.Dropped + (_before?.Dropped ?? 0),
        NotCopied = Math.Max(series.NotCopied, _before?.NotCopied ?? 0),
        Missing = outcome.Missing,
        MissingFrames = outcome.Gaps,
        HasEnd = series.HasEnd,
        End = series.End?.Others,
        StoredMillisecondsMedian = _latency.Milliseconds(0.5),
        StoredMilliseconds99 = _latency.Milliseconds(0.99),
        Notes =
        [
            .. source.Notes,
            .. series.Spool is { WasFull: true } ? ["The spool was full, or could not be written."] : Array.Empty<string>(),
            .. outcome.MissingNote is { } missing ? [missing] : Array.Empty<string>(),
        ],
    };

    private static Task PutRecordAsync(RetryingSink sink, CaptureRecord record, CancellationToken cancellationToken) => PutAsync(
        sink, CaptureRecord.EntryPath, JsonSerializer.SerializeToUtf8Bytes(record, CaptureJson.Default.CaptureRecord),
        FrameHeader.ContentType, cancellationToken);

    private static Task PutAsync(
        RetryingSink sink, string path, ReadOnlyMemory<byte> bytes, string contentType, CancellationToken cancellationToken) =>
        sink.PutAsync(path, bytes, null, contentType, null, cancellationToken);

    private void Remember(string dataset)
    {
        series.Spool?.Remember(dataset);
        state.Remember(series.Key, dataset);
    }

    private void Remove(string? dataset)
    {
        if (dataset is null)
        {
            return;
        }

        if (series.HasEnd || _before is { HasEnd: true })
        {
            state.Remove(series.Key, dataset);
        }
        else
        {
            state.MarkOver(series.Key, dataset); // a detector that was silent may go on
        }
    }

    private async Task<long> DrainAsync(CancellationToken cancellationToken)
    {
        long images = 0;
        await foreach (ReceivedImage image in series.Images.ReadAllAsync(cancellationToken))
        {
            image.GiveUp();
            images++;
        }

        return images;
    }

    private void Stored(ReceivedImage image) => _latency.Add(time.GetElapsedTime(image.Received.Timestamp));

    /// <summary>Passes messages on, and counts nothing: a capture has no known total.</summary>
    private sealed class ForwardingProgress(Action<string> tell) : ITransferProgress
    {
        public void Start(string stage, long? files, long? bytes)
        {
        }

        public void Add(long files, long bytes)
        {
        }

        public void Report(string message) => tell(message);
    }
}
