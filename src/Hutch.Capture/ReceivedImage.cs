namespace Hutch.Capture;

/// <summary>
/// An image that waits to be stored, in memory, in the spool, or in both. Its bytes are given back once each of its channels was disposed.
/// </summary>
internal sealed class ReceivedImage : ISpooled, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CaptureBuffer _buffer;
    private readonly SeriesSpool? _spool;
    private readonly SpoolHead _head;
    private readonly int _bytes;
    private ImageMessage? _image;
    private StreamBuffer? _message;
    private SpoolLocation? _location;
    private bool _isInUse;
    private bool _isDone;
    private int _holders;
    private int _unstored;

    /// <summary>An image of now.</summary>
    public ReceivedImage(ImageMessage image, StreamBuffer message, CaptureBuffer buffer, Receipt received, SeriesSpool? spool)
        : this(new SpoolHead(received.Moment, image.ImageId, Math.Max(1, image.Channels.Count)), message.Length, buffer, received, spool) =>
        (_image, _message) = (image, message);

    /// <summary>An image that is in the spool alone.</summary>
    public ReceivedImage(SpooledMessage spooled, CaptureBuffer buffer, Receipt received, SeriesSpool spool, bool isReplayed)
        : this(spooled.Head, spooled.Place.Length, buffer, received, spool) => (_location, IsReplayed) = (spooled.Place, isReplayed);

    private ReceivedImage(SpoolHead head, int bytes, CaptureBuffer buffer, Receipt received, SeriesSpool? spool)
    {
        (_head, _bytes, _buffer, _spool, Received) = (head, bytes, buffer, spool, received);
        _holders = _unstored = Math.Max(1, head.Channels);
    }

    public Receipt Received { get; }

    /// <summary>The number of its frame, from 1.</summary>
    public int Number => (int)_head.Image + 1;

    public int Channels => _head.Channels;

    /// <summary>True if an earlier process received it.</summary>
    public bool IsReplayed { get; }

    public bool IsDone
    {
        get
        {
            lock (_gate)
            {
                return _isDone;
            }
        }
    }

    /// <summary>Called as the last channel is disposed.</summary>
    public Action<ReceivedImage>? Done { get; set; }

    /// <summary>Returns its content, which stays in memory from now on.</summary>
    public Result<ImageMessage> Open()
    {
        lock (_gate)
        {
            _isInUse = true;
            if (_image is not null)
            {
                return _image;
            }

            _buffer.Take(_bytes);
            _message = new StreamBuffer(_bytes);
            if (!_spool!.TryRead(_location!.Value, _message.GetSpan()))
            {
                return ErrorCode.DigestMismatch.With("its bytes in the spool are damaged");
            }

            Result<StreamMessage> read = StreamMessageReader.Read(_message.Memory);
            _image = read.IsOk ? read.Value as ImageMessage : null;
            return _image is not null ? _image : ErrorCode.Unprocessable.With("it is no image");
        }
    }

    public bool TrySpool()
    {
        lock (_gate)
        {
            if (_isDone || _location is not null || _spool is null)
            {
                return true;
            }

            _location = _spool.TryAppend(_head, _message!.Memory);
            return _location is not null;
        }
    }

    /// <summary>Lets go of the bytes in memory, which are in the spool, unless they are being stored.</summary>
    public void LeaveMemory()
    {
        lock (_gate)
        {
            if (!_isInUse && !_isDone && _location is not null)
            {
                GiveBack();
                _image = null;
            }
        }
    }

    /// <summary>Notes that one of its channels is stored.</summary>
    public void Stored() => Interlocked.Decrement(ref _unstored);

    /// <summary>Gives back the bytes of one of its channels. What is not stored stays in the spool.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
        {
            return;
        }

        Done?.Invoke(this);
        lock (_gate)
        {
            _isDone = true;
            GiveBack();
            if (_location is { } location && Volatile.Read(ref _unstored) <= 0)
            {
                _spool!.Release(location);
            }
        }
    }

    /// <summary>Gives it up, or takes it for stored: nothing of it is kept.</summary>
    public void GiveUp()
    {
        for (int left = Math.Max(1, _head.Channels); left > 0; left--)
        {
            Stored();
            Dispose();
        }
    }

    private void GiveBack()
    {
        if (_message is not null)
        {
            _message.Dispose();
            _message = null;
            _buffer.Return(_bytes);
        }
    }
}
