using System.Threading.Channels;

namespace Hutch.Capture;

/// <summary>
/// A series during its reception: received images wait here for the store. One thread receives, one loop stores; every image that was
/// received and dropped is counted.
/// </summary>
internal sealed class CaptureSeries(string key, StartMessage? start, CaptureBuffer buffer, bool waitsForRoom)
{
    private const int MaxOthers = 1000;
    private const long MaxOthersBytes = 16 << 20;

    private readonly Channel<ReceivedImage> _images =
        Channel.CreateUnbounded<ReceivedImage>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly List<byte[]> _others = [];
    private long _othersBytes;
    private long _othersLeftOut;
    private StartMessage? _lateStart;
    private EndMessage? _end;
    private long _last;
    private long _received;
    private long _dropped;
    private long _notCopied;
    private long _lastMessage;

    public string Key => key;

    /// <summary>The start message; null when it was not received.</summary>
    public StartMessage? Start => start;

    /// <summary>The images that were kept, in the order in which they came; complete after the series ended.</summary>
    public ChannelReader<ReceivedImage> Images => _images.Reader;

    /// <summary>The start message, if it came after images did.</summary>
    public StartMessage? LateStart => Volatile.Read(ref _lateStart);

    /// <summary>The end message; null before it came.</summary>
    public EndMessage? End => Volatile.Read(ref _end);

    /// <summary>The messages of other types that were kept so far, in the order in which they came.</summary>
    public IReadOnlyList<byte[]> Others
    {
        get
        {
            lock (_others)
            {
                return [.. _others];
            }
        }
    }

    /// <summary>Messages of other types that were not kept, because there were too many.</summary>
    public long OthersLeftOut
    {
        get
        {
            lock (_others)
            {
                return _othersLeftOut;
            }
        }
    }

    /// <summary>The number of the last image that the detector is known to have sent; from 1.</summary>
    public int Last => (int)Volatile.Read(ref _last);

    public long Received => Volatile.Read(ref _received);

    /// <summary>Images that were not kept, because there was no room for them.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Images that <c>hutch tee</c> did not copy, because the copies were not read in time.</summary>
    public long NotCopied => Volatile.Read(ref _notCopied);

    /// <summary>Arrival of its last message: a timestamp of the clock.</summary>
    public long LastMessage
    {
        get => Volatile.Read(ref _lastMessage);
        set => Volatile.Write(ref _lastMessage, value);
    }

    /// <summary>True if its end was received; else silence ended it.</summary>
    public bool HasEnd => End is not null;

    /// <summary>Keeps a start message that came after images did.</summary>
    public void TakeLate(StartMessage late) => Volatile.Write(ref _lateStart, late);

    public void Take(CopiesMessage copies)
    {
        Volatile.Write(ref _notCopied, copies.Dropped);
        _last = Math.Max(_last, copies.LastImage + 1 ?? 0);
    }

    public void Spool(ReadOnlySpan<byte> message)
    {
        lock (_others)
        {
            if (_others.Count == MaxOthers || _othersBytes + message.Length > MaxOthersBytes)
            {
                _othersLeftOut++;
                return;
            }

            _othersBytes += message.Length;
            _others.Add(message.ToArray());
        }
    }

    /// <summary>Keeps an image until it is stored, or drops it.</summary>
    /// <param name="message">Its bytes, which the series owns now.</param>
    public void Take(ImageMessage image, StreamBuffer message, Receipt received, CancellationToken cancellationToken)
    {
        bool isTaken = false;
        _received++;
        _last = Math.Max(_last, image.ImageId + 1);
        try
        {
            isTaken = HasSpace(message.Length, cancellationToken);
        }
        finally
        {
            if (!isTaken)
            {
                _dropped++;
                message.Dispose();
            }
        }

        if (isTaken)
        {
            var kept = new ReceivedImage(image, message, buffer, received);
            if (!_images.Writer.TryWrite(kept))
            {
                _dropped++; // it was silent for so long that it was taken for over
                kept.DisposeAll();
            }
        }
    }

    /// <param name="end">The detector's message that it is over; null if there was none.</param>
    public void Complete(EndMessage? end)
    {
        Volatile.Write(ref _end, end);
        _images.Writer.TryComplete();
    }

    private bool HasSpace(int bytes, CancellationToken cancellationToken)
    {
        if (waitsForRoom)
        {
            buffer.Rent(bytes, cancellationToken);
            return true;
        }

        return buffer.TryRent(bytes);
    }
}

/// <summary>The time when the last byte of a message arrived.</summary>
/// <param name="Timestamp">A timestamp of the clock, to measure times in this process.</param>
/// <param name="Moment">The time of the day, for reports.</param>
internal readonly record struct Receipt(long Timestamp, DateTimeOffset Moment)
{
    public static Receipt Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());
}

/// <summary>An image that waits to be stored. Its bytes are given back once each of its channels was disposed.</summary>
internal sealed class ReceivedImage(ImageMessage image, StreamBuffer message, CaptureBuffer buffer, Receipt received) : IDisposable
{
    private readonly int _bytes = message.Length;
    private int _holders = Math.Max(1, image.Channels.Count);

    public ImageMessage Image => image;

    public Receipt Received => received;

    /// <summary>Called as the last channel is disposed.</summary>
    public Action<ReceivedImage>? Done { get; set; }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Done?.Invoke(this);
            message.Dispose();
            buffer.Return(_bytes);
        }
    }

    public void DisposeAll()
    {
        for (int left = Math.Max(1, image.Channels.Count); left > 0; left--)
        {
            Dispose();
        }
    }
}
