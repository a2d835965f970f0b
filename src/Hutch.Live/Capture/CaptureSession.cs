using System.Text.Json;
using Hutch.Client.Transfers;
using Hutch.Formats.DectrisStream;
using Hutch.Formats.Ingest;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Site.Runs;

namespace Hutch.Live.Capture;

/// <summary>Stores one series that is being received, from its first message to its record.</summary>
internal sealed class CaptureSession(
    CaptureSeries series, ICaptureDestination destination, CaptureState state, TimeProvider time, Action<string> tell)
{
    private readonly LatencyHistogram _latency = new();
    private readonly Patience _patience = new(time, reason => tell($"Waiting to store series {Display.Quote(series.Key)}: {reason}"));

    /// <summary>The name of the dataset; empty before there is one.</summary>
    public string Dataset { get; private set; } = "";

    /// <summary>Whether it stops before the end of the series, to go on after the next start.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>Stores what comes until there is no more. Null if the series could not be stored, or was interrupted.</summary>
    public async Task<CaptureRecord?> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await StoreAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // No other series suffers; what still comes of this one is counted and let go.
            string reason = e is HutchException refusal ? refusal.Error.Message : e.Message;
            tell($"Series {Display.Quote(series.Key)} cannot be stored: {reason}");
            long lost = await DrainAsync(cancellationToken);
            tell($"Series {Display.Quote(series.Key)} is over; {lost} of its {series.Received} images were not stored.");
            return null;
        }
    }

    private async Task<CaptureRecord?> StoreAsync(CancellationToken cancellationToken)
    {
        if (await HeaderAsync(cancellationToken) is not { } header)
        {
            return null; // nothing came of it
        }

        // A start is that of a new series: detectors without unique names count from 1 again after a restart.
        string? known = series.Start is null ? state.Find(series.Key) : null;
        CaptureTarget? again = known is null
            ? null
            : await _patience.RepeatAsync(() => destination.ReopenAsync(known, cancellationToken), cancellationToken);
        CaptureTarget target = again ?? await _patience.RepeatAsync(
            () => destination.CreateAsync(series.Key, series.Start?.Fields, cancellationToken), cancellationToken);
        Dataset = target.Name;
        state.Remember(series.Key, target.Id);
        var sink = new PatientSink(target.Sink, _patience);
        StreamSource source = again is null
            ? Open(header, new FrameSet())
            : await ReopenAsync(sink, header, cancellationToken);
        IngestOutcome outcome = await new FrameIngest(sink, NoProgress.Instance).RunAsync(source, cancellationToken);
        return IsInterrupted ? null : await FinishAsync(target, sink, source, outcome, cancellationToken);
    }

    /// <summary>
    /// What the start message says, as soon as it came; with older firmware, and without a start, once there is an image as well. Null if
    /// there never is.
    /// </summary>
    private async Task<StreamHeader?> HeaderAsync(CancellationToken cancellationToken)
    {
        if (series.Start is { } start && StreamHeader.Make(start, null).TryGet(out StreamHeader? header, out _))
        {
            return header;
        }

        return await series.Images.WaitToReadAsync(cancellationToken) && series.Images.TryPeek(out ReceivedImage? first)
            ? StreamHeader.Make(series.Start, first.Image).Value
            : null;
    }

    private StreamSource Open(StreamHeader header, FrameSet known)
    {
        foreach (string note in header.Notes)
        {
            tell(note);
        }

        return new StreamSource(series, header.Json, header.Header, header.Arrays, known) { Done = Stored };
    }

    /// <summary>Goes on where an earlier process stopped: with its header, and without what it stored.</summary>
    private async Task<StreamSource> ReopenAsync(PatientSink sink, StreamHeader header, CancellationToken cancellationToken)
    {
        var known = new FrameSet();
        await sink.LookAsync(cancellationToken);
        foreach (string path in sink.Paths)
        {
            if (FrameEntry.TryParse(path, out int number, out _))
            {
                known.Add(number);
            }
        }

        if (!sink.Paths.Contains(FrameHeader.EntryPath))
        {
            return Open(header, known);
        }

        byte[] json = await sink.ReadAsync(FrameHeader.EntryPath, FrameHeader.MaxBytes, cancellationToken) ?? [];
        return new StreamSource(series, json, FrameHeader.Parse(json).Value, [], known) { Done = Stored };
    }

    private async Task<CaptureRecord> FinishAsync(
        CaptureTarget target, PatientSink sink, StreamSource source, IngestOutcome outcome, CancellationToken cancellationToken)
    {
        var record = new CaptureRecord
        {
            Series = series.Key,
            Announced = source.Header.Images,
            Received = series.Received,
            Stored = outcome.Frames + outcome.Kept,
            Duplicates = source.Duplicates,
            Unreadable = source.Unreadable,
            Dropped = series.Dropped,
            Missing = outcome.Missing,
            MissingFrames = outcome.Gaps,
            HasEnd = series.HasEnd,
            StoredMillisecondsMedian = _latency.Milliseconds(0.5),
            StoredMilliseconds99 = _latency.Milliseconds(0.99),
            Notes = source.Notes,
        };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(record, CaptureJson.Default.CaptureRecord);
        await sink.PutAsync(CaptureRecord.EntryPath, json, BlobHash.Of(json), FrameHeader.ContentType, null, cancellationToken);
        await _patience.RepeatAsync(() => destination.CompleteAsync(target, cancellationToken), cancellationToken);
        state.Forget(series.Key);
        return record;
    }

    private async Task<long> DrainAsync(CancellationToken cancellationToken)
    {
        long images = 0;
        await foreach (ReceivedImage image in series.Images.ReadAllAsync(cancellationToken))
        {
            image.DisposeAll();
            images++;
        }

        return images;
    }

    private void Stored(ReceivedImage image) => _latency.Add(time.GetElapsedTime(image.Received));
}
