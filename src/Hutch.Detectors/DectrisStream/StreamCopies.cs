using System.Collections.Concurrent;

namespace Hutch.Detectors.DectrisStream;

/// <summary>
/// Copies of a detector's messages that wait for their reader, in bounded memory. Adding one never blocks. An image without
/// room is dropped and counted; the start and the end of its series keep their places. A <see cref="CopiesMessage"/> before the
/// end reports the dropped images. When too many series wait, a new one is dropped as a whole, from its start to its end, and counted.
/// </summary>
/// <param name="maxSeries">The most series with a waiting start or end.</param>
/// <param name="maxStartBytes">The most bytes of starts that wait, with their masks; a larger one passes alone.</param>
public sealed class StreamCopies(int maxImages, int maxSeries = 64, long maxStartBytes = 512L << 20) : IDisposable
{
    /// <summary>Series whose end did not come yet. A detector has one; those whose end never comes are forgotten in time.</summary>
    private const int MaxOpenSeries = 1000;

    private readonly BlockingCollection<Copy> _waiting = [];
    private readonly OrderedDictionary<string, Series> _open = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private int _images;
    private int _series;
    private long _startBytes;
    private long _dropped;
    private long _droppedSeries;

    public int Waiting => _waiting.Count;

    /// <summary>Messages that were dropped, those of series that were dropped as a whole among them.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public long DroppedSeries => Volatile.Read(ref _droppedSeries);

    /// <summary>Takes a message over, to keep it or to drop it.</summary>
    public void Add(IReadOnlyList<StreamBuffer> parts)
    {
        StreamMessage? read = Read(parts);
        lock (_gate)
        {
            bool isKept = read switch
            {
                StartMessage start => AddStart(start, parts),
                EndMessage => AddEnd(read, parts),
                ImageMessage image => AddImage(image, parts),
                _ => TryAddDroppable(parts), // nobody here knows what it is
            };
            if (!isKept)
            {
                _dropped++;
                Dispose(parts);
            }
        }
    }

    /// <summary>Waits for the next message and takes it out; null when there is none any more.</summary>
    public StreamCopy? Take()
    {
        if (!_waiting.TryTake(out Copy copy, Timeout.Infinite))
        {
            return null;
        }

        lock (_gate)
        {
            if (copy.Series is { } series)
            {
                _series -= --series.Waiting == 0 ? 1 : 0;
                _startBytes -= copy.StartBytes;
            }
            else
            {
                _images--;
            }
        }

        return new StreamCopy(copy.Parts, copy.IsOurs);
    }

    /// <summary>No more are added: what waits can still be taken.</summary>
    public void Complete() => _waiting.CompleteAdding();

    public void Dispose()
    {
        while (_waiting.TryTake(out Copy copy))
        {
            Dispose(copy.Parts);
        }

        _waiting.Dispose();
    }

    internal static void Dispose(IReadOnlyList<StreamBuffer> parts)
    {
        foreach (StreamBuffer part in parts)
        {
            part.Dispose();
        }
    }

    private static StreamMessage? Read(IReadOnlyList<StreamBuffer> parts) =>
        (StreamVersion1.IsFirst(parts[0]) ? StreamVersion1.ReadHead(parts[0])
            : parts is [{ IsTooLong: false } only] ? StreamMessageReader.Read(only.Memory)
            : ErrorCode.UnreadableFile.With("It has parts.")).TryGet(out StreamMessage? read, out _) ? read : null;

    private bool AddStart(StartMessage start, IReadOnlyList<StreamBuffer> parts)
    {
        long bytes = parts.Sum(static part => part.TotalLength);
        Series? series = _open.GetValueOrDefault(start.Series);
        if (series is { HasStart: true } && start.SeriesUniqueId is not null)
        {
            return TryAddDroppable(parts); // it says nothing new
        }

        if (series is null or { HasStart: true })
        {
            series = Open(start.Series, bytes);
        }

        if (series.IsDropped || !HasSpace(bytes))
        {
            return false;
        }

        series.HasStart = true;
        return AddPermanent(series, parts, bytes);
    }

    private bool AddEnd(StreamMessage end, IReadOnlyList<StreamBuffer> parts)
    {
        Series series = FindOrOpen(end.Series);
        _open.Remove(end.Series);
        if (series.IsDropped)
        {
            return false;
        }

        byte[] report = StreamMessageWriter.Copies(end, series.Dropped, series.Last);
        var buffer = new StreamBuffer(report.Length);
        report.CopyTo(buffer.GetSpan());
        AddPermanent(series, [buffer], isOurs: true);
        return AddPermanent(series, parts);
    }

    private bool AddImage(ImageMessage image, IReadOnlyList<StreamBuffer> parts)
    {
        Series series = FindOrOpen(image.Series);
        series.Last = Math.Max(series.Last ?? 0, image.ImageId);
        if (!series.IsDropped && TryAddDroppable(parts))
        {
            return true;
        }

        series.Dropped++;
        return false;
    }

    private bool TryAddDroppable(IReadOnlyList<StreamBuffer> parts)
    {
        if (_images >= maxImages)
        {
            return false;
        }

        _images++;
        _waiting.Add(new Copy(parts, null, 0, false));
        return true;
    }

    private bool AddPermanent(Series series, IReadOnlyList<StreamBuffer> parts, long startBytes = 0, bool isOurs = false)
    {
        _series += series.Waiting++ == 0 ? 1 : 0;
        _startBytes += startBytes;
        _waiting.Add(new Copy(parts, series, startBytes, isOurs));
        return true;
    }

    // This process may have been started in the middle of a series.
    private Series FindOrOpen(string key) => _open.TryGetValue(key, out Series? series) ? series : Open(key, 0);

    private Series Open(string key, long startBytes)
    {
        var series = new Series { IsDropped = !HasSpace(startBytes) };
        _droppedSeries += series.IsDropped ? 1 : 0;
        _open.Remove(key); // a detector without unique names counts from 1 again after its restart
        _open.Add(key, series);
        if (_open.Count > MaxOpenSeries)
        {
            _open.RemoveAt(0);
        }

        return series;
    }

    private bool HasSpace(long startBytes) =>
        _series < maxSeries && (_startBytes == 0 || _startBytes + startBytes <= maxStartBytes);

    /// <summary>A series that has not passed completely.</summary>
    private sealed class Series
    {
        /// <summary>True if there was no room for its start, so that nothing of it is copied.</summary>
        public required bool IsDropped { get; init; }

        public bool HasStart { get; set; }

        /// <summary>Its messages that wait, but for images.</summary>
        public int Waiting { get; set; }

        public long Dropped { get; set; }

        /// <summary>The largest number of an image that passed, dropped or not.</summary>
        public long? Last { get; set; }
    }

    /// <param name="Series">The series whose start or end it is; null for what may be dropped.</param>
    /// <param name="StartBytes">The bytes of a start; else 0.</param>
    /// <param name="IsOurs">Whether it did not come from the detector.</param>
    private readonly record struct Copy(IReadOnlyList<StreamBuffer> Parts, Series? Series, long StartBytes, bool IsOurs);
}

/// <param name="Parts">Its parts, which the receiver owns.</param>
/// <param name="IsOurs">True for Hutch's own message about dropped images, which did not come from the detector.</param>
public sealed record StreamCopy(IReadOnlyList<StreamBuffer> Parts, bool IsOurs);
