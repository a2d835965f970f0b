using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Hutch.Capture;

/// <summary>
/// A series during its reception: received images wait here for the store. One thread receives, one loop stores, one writes what waits to
/// the spool; every image that was received and dropped is counted.
/// </summary>
/// <param name="spool">The place on disk for what cannot be stored at once; null for none.</param>
/// <param name="isResumed">True if an earlier process began it.</param>
internal sealed class CaptureSeries(
    string key, StartMessage? start, CaptureBuffer buffer, bool waitsForRoom, SeriesSpool? spool = null, bool isResumed = false)
{
    private const int MaxOthers = 1000;
    private const long MaxOthersBytes = 16 << 20;

    private readonly Channel<ReceivedImage> _images =
        Channel.CreateUnbounded<ReceivedImage>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    /// <summary>Messages that are not on disk, in the order of their receipt, and images that are in memory and on disk.</summary>
    private readonly ConcurrentQueue<ISpooled> _unspooled = new();
    private readonly Queue<ReceivedImage> _inBoth = new();

    private readonly List<(byte[] Bytes, ReceivedMessage? Spooled)> _others = [];
    private ReceivedMessage? _startOnDisk;
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

    public SeriesSpool? Spool => spool;

    public bool IsResumed => isResumed;

    /// <summary>True if this process has received a message of it.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Images that an earlier process received, and stored before it ended.</summary>
    public long StoredBefore { get; set; }

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
                return [.. _others.Select(static other => other.Bytes)];
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

    /// <summary>Notes that the detector is sending.</summary>
    public void Hear(long timestamp)
    {
        IsLive = true;
        LastMessage = timestamp;
    }

    /// <summary>Keeps a start message that came after images did.</summary>
    public void TakeLate(StartMessage late) => Volatile.Write(ref _lateStart, late);

    /// <summary>Keeps the bytes of a message that is no image until the series is over.</summary>
    public void Remember(byte[] message, Receipt received)
    {
        if (spool is not null)
        {
            _unspooled.Enqueue(new ReceivedMessage(message, received, spool));
        }
    }

    /// <summary>Keeps the bytes of the start until the header is stored.</summary>
    public void RememberStart(byte[] message, Receipt received)
    {
        if (spool is not null)
        {
            _startOnDisk = new ReceivedMessage(message, received, spool);
            _unspooled.Enqueue(_startOnDisk);
        }
    }

    /// <summary>Notes that the start of an earlier process is on disk.</summary>
    public void RememberStart(in SpoolLocation location) => _startOnDisk = new ReceivedMessage(location, spool!);

    /// <summary>The header is stored.</summary>
    public void ForgetStart() => _startOnDisk?.Release();

    /// <summary>The messages of other types are stored.</summary>
    public void ForgetOthers()
    {
        lock (_others)
        {
            _others.ForEach(static other => other.Spooled?.Release());
        }
    }

    /// <summary>
    /// Writes to the spool what has waited since a time, and lets go of the memory of what is there when memory is short. One caller.
    /// </summary>
    public void WriteOut(long before)
    {
        while (_unspooled.TryPeek(out ISpooled? first) && (first.Received.Timestamp <= before || buffer.IsShort) && first.TrySpool())
        {
            _ = _unspooled.TryDequeue(out _);
            if (first is ReceivedImage image)
            {
                _inBoth.Enqueue(image);
            }
        }

        while (_inBoth.TryPeek(out ReceivedImage? oldest) && (oldest.IsDone || buffer.IsShort))
        {
            oldest.LeaveMemory();
            _ = _inBoth.Dequeue();
        }
    }

    public void Take(CopiesMessage copies)
    {
        Volatile.Write(ref _notCopied, copies.Dropped);
        _last = Math.Max(_last, copies.LastImage + 1 ?? 0);
    }

    /// <param name="location">Its place in the spool of an earlier process; null for a message of now.</param>
    public void Take(ReadOnlySpan<byte> message, Receipt received, SpoolLocation? location = null)
    {
        lock (_others)
        {
            if (_others.Count == MaxOthers || _othersBytes + message.Length > MaxOthersBytes)
            {
                _othersLeftOut++;
                return;
            }

            byte[] retained = message.ToArray();
            ReceivedMessage? spooled = spool is null ? null
                : location is { } known ? new ReceivedMessage(known, spool)
                : new ReceivedMessage(retained, received, spool);
            _othersBytes += retained.Length;
            _others.Add((retained, spooled));
            if (spooled is not null && location is null)
            {
                _unspooled.Enqueue(spooled);
            }
        }
    }

    /// <summary>Keeps an image until it is stored, or drops it.</summary>
    /// <param name="message">Its bytes, which the series owns now.</param>
    public void Take(ImageMessage image, StreamBuffer message, Receipt received, CancellationToken cancellationToken)
    {
        _received++;
        _last = Math.Max(_last, image.ImageId + 1);
        bool isTaken = buffer.TryRent(message.Length);
        if (!isTaken && TryTakeToDisk(image, message, received))
        {
            message.Dispose();
            return;
        }

        try
        {
            isTaken |= !isTaken && waitsForRoom && buffer.Rent(message.Length, cancellationToken);
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
            var retained = new ReceivedImage(image, message, buffer, received, spool);
            if (!_images.Writer.TryWrite(retained))
            {
                _dropped++; // it was silent for so long that it was taken for over
                retained.GiveUp();
            }
            else if (spool is not null)
            {
                _unspooled.Enqueue(retained);
            }
        }
    }

    /// <summary>Takes an image that an earlier process received.</summary>
    public void Take(SpooledMessage spooled, Receipt received)
    {
        _received++;
        _last = Math.Max(_last, spooled.Head.Image + 1);
        _ = _images.Writer.TryWrite(new ReceivedImage(spooled, buffer, received, spool!, isReplayed: true));
    }

    /// <param name="end">The detector's message that it is over; null if there was none.</param>
    public void Complete(EndMessage? end)
    {
        Volatile.Write(ref _end, end);
        _images.Writer.TryComplete();
    }

    /// <summary>Keeps an image on disk alone, as memory is full; false when the spool is full, too.</summary>
    private bool TryTakeToDisk(ImageMessage image, StreamBuffer message, Receipt received)
    {
        var head = new SpoolHead(received.Moment, image.ImageId, Math.Max(1, image.Channels.Count));
        return spool?.TryAppend(head, message.Memory) is { } location
            && _images.Writer.TryWrite(new ReceivedImage(new SpooledMessage(head, location), buffer, received, spool, isReplayed: false));
    }
}

/// <summary>The time when the last byte of a message arrived.</summary>
/// <param name="Timestamp">A timestamp of the clock, to measure times in this process.</param>
/// <param name="Moment">The time of the day, for reports.</param>
internal readonly record struct Receipt(long Timestamp, DateTimeOffset Moment)
{
    public static Receipt Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());
}
