using Hutch.Client.Transfers;

namespace Hutch.Capture;

/// <summary>Stores one series, several frames at a time, without those that the sink has. A slow sink makes the source wait.</summary>
/// <param name="replace">Whether another series that is there is replaced, its frames and arrays removed; else it is refused.</param>
public sealed class FrameIngest(IFrameSink sink, ITransferProgress progress, bool replace = false)
{
    private const int ParallelPuts = 8;

    private readonly List<(SourceFrame First, int Last)> _gaps = [];
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private long _frames;
    private long _bytes;
    private long _existing;
    private long _missing;

    /// <summary>Stores the header, then the arrays, then the frames.</summary>
    public async Task<IngestOutcome> RunAsync(IFrameSource source, CancellationToken cancellationToken)
    {
        await sink.LoadExistingAsync(cancellationToken);
        byte[]? before = await ReadOldHeaderAsync(source, cancellationToken);
        ReadOnlyMemory<byte> header = source.HeaderJson;
        await PutHeaderAsync(source, before, cancellationToken);

        progress.Start("Ingesting", source.FrameCount, null);
        using var slots = new SemaphoreSlim(ParallelPuts);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task>();
        try
        {
            await foreach (SourceFrame frame in source.ReadFramesAsync(stop.Token))
            {
                if (frame.IsMissing)
                {
                    Miss(frame);
                    continue;
                }

                SourceFrame owned = frame.Owner is null ? Copy(frame) : frame;
                await WaitAsync(slots, owned, stop.Token);
                running.RemoveAll(t => t.IsCompletedSuccessfully);
                running.Add(PutFrameAsync(owned, source.Header.Codec, slots, stop));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A put failed and stopped the reading. Awaiting the puts below throws its exception.
        }
        catch
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await Task.WhenAll(running);
        if (!source.HeaderJson.Span.SequenceEqual(header.Span))
        {
            await PutHeaderAsync(source, header, cancellationToken);
        }

        await RemoveOldAsync(cancellationToken);
        return new IngestOutcome(_frames, _bytes, _existing, _missing, [.. _gaps.Take(IngestOutcome.MaxGaps).Select(Describe)]);
    }

    /// <param name="before">The header that it replaces; null if there is none.</param>
    private async Task PutHeaderAsync(IFrameSource source, ReadOnlyMemory<byte>? before, CancellationToken cancellationToken)
    {
        await PutAsync(FrameHeader.EntryPath, source.HeaderJson, FrameHeader.ContentType, null, cancellationToken);
        if (SeriesMetadata.TryRead(source.HeaderJson.Span) is { } series)
        {
            SeriesMetadata? old = before is { } bytes ? SeriesMetadata.TryRead(bytes.Span) : null;
            foreach (string line in await sink.DescribeAsync(series, old, cancellationToken))
            {
                progress.Report(line);
            }
        }

        await foreach (SourceArray array in source.ReadArraysAsync(cancellationToken))
        {
            await PutAsync(array.Path, array.File, NumpyFile.ContentType, null, cancellationToken);
        }
    }

    /// <summary>A frame with memory of its own: the source is about to read the next one into its.</summary>
    private static SourceFrame Copy(SourceFrame frame)
    {
        IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(frame.Bytes.Length);
        frame.Bytes.CopyTo(owner.Memory);
        return frame with { Bytes = owner.Memory[..frame.Bytes.Length], Owner = owner };
    }

    private static async Task WaitAsync(SemaphoreSlim slots, SourceFrame frame, CancellationToken cancellationToken)
    {
        try
        {
            await slots.WaitAsync(cancellationToken);
        }
        catch
        {
            frame.Owner?.Dispose();
            throw;
        }
    }

    private void Miss(SourceFrame frame)
    {
        _missing += frame.MissingThrough - frame.Number + 1;
        if (_gaps is [.., (var first, var last)] && first.Channel == frame.Channel && frame.Number == last + 1)
        {
            _gaps[^1] = (first, frame.MissingThrough);
        }
        else if (_gaps.Count <= IngestOutcome.MaxGaps)
        {
            _gaps.Add((frame, frame.MissingThrough));
        }
    }

    private static string Describe((SourceFrame First, int Last) gap) =>
        gap.First.Path + (gap.Last > gap.First.Number ? $" to {FrameEntry.Path(gap.Last, gap.First.Channel)}" : "");

    /// <summary>The existing header, if it differs. Another series' header is refused: frames of two under one would be neither.</summary>
    private async Task<byte[]?> ReadOldHeaderAsync(IFrameSource source, CancellationToken cancellationToken)
    {
        BlobHash hash = BlobHash.Compute(source.HeaderJson.Span);
        if (!sink.Paths.Contains(FrameHeader.EntryPath)
            || sink.Find(FrameHeader.EntryPath, source.HeaderJson.Span, hash) == SinkEntry.Same)
        {
            return null;
        }

        byte[]? there = await sink.ReadAsync(FrameHeader.EntryPath, FrameHeader.MaxBytes, cancellationToken);
        if (!replace && (there is null || !FrameHeader.AreOfOneSeries(there, source.HeaderJson.Span)))
        {
            throw Reject(FrameHeader.SourceOf(there) is { } name
                ? $"Another series is stored there already: {name}."
                : "Another series is stored there already.");
        }

        return there;
    }

    private static HutchException Reject(string message) => (ErrorCode.Conflict with
    {
        Advice = "Choose another dataset, or use `--replace` to remove the series that is there.",
    }).With(message).ToException();

    private async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        foreach (string path in sink.Paths.Where(p => replace && FrameEntry.IsOfASeries(p) && !_written.Contains(p)))
        {
            await sink.DeleteAsync(path, cancellationToken);
        }
    }

    private async Task PutFrameAsync(SourceFrame frame, FrameCodec headerCodec, SemaphoreSlim slots, CancellationTokenSource stop)
    {
        try
        {
            await Task.Yield();
            IReadOnlyDictionary<string, string>? metadata = FrameEntry.UserMetadata(frame, headerCodec);
            bool stored = await PutAsync(frame.Path, frame.Bytes, HutchMediaTypes.Frame, metadata, stop.Token);
            (frame.Owner as ReceivedImage)?.Stored();
            Interlocked.Add(ref stored ? ref _frames : ref _existing, 1);
            Interlocked.Add(ref _bytes, stored ? frame.Bytes.Length : 0);
            progress.Add(1, frame.Bytes.Length);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            frame.Owner!.Dispose();
            slots.Release();
        }
    }

    private async Task<bool> PutAsync(
        string path, ReadOnlyMemory<byte> bytes, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        BlobHash? hash = sink.NeedsHash(path) ? BlobHash.Compute(bytes.Span) : null;
        if (replace)
        {
            lock (_written)
            {
                _written.Add(path);
            }
        }

        switch (hash is { } known ? sink.Find(path, bytes.Span, known) : SinkEntry.Unknown)
        {
            case SinkEntry.Same:
                return false;
            case SinkEntry.Other when !replace && path != FrameHeader.EntryPath:
                throw Reject($"The stored {path} has other bytes than the {path} of this series.");
            default:
                break;
        }

        await sink.PutAsync(path, bytes, hash, contentType, metadata, cancellationToken);
        return true;
    }
}

/// <param name="Kept">Frames that were already there.</param>
/// <param name="Missing">Frames that the series has a place for but that were never written.</param>
/// <param name="Gaps">Which these are: a path or a range of them, the first <see cref="MaxGaps"/>.</param>
public sealed record IngestOutcome(long Frames, long Bytes, long Kept, long Missing, IReadOnlyList<string> Gaps)
{
    public const int MaxGaps = 10_000;

    private const int GapsInNote = 10;

    /// <summary>The missing frames as text for people; null if none is missing.</summary>
    public string? MissingNote => Missing == 0 ? null
        : (Missing == 1 ? "1 frame is missing: " : $"{Missing} frames are missing: ")
            + string.Join(", ", Gaps.Take(GapsInNote)) + (Gaps.Count > GapsInNote ? ", …." : ".");
}
