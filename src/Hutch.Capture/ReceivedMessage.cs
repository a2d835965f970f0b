namespace Hutch.Capture;

/// <summary>A message that is no image, which the spool keeps until what it says is stored.</summary>
internal sealed class ReceivedMessage : ISpooled
{
    private readonly Lock _gate = new();
    private readonly SeriesSpool _spool;
    private byte[]? _bytes;
    private SpoolLocation? _location;

    /// <summary>A message of now.</summary>
    public ReceivedMessage(byte[] bytes, Receipt received, SeriesSpool spool) => (_bytes, Received, _spool) = (bytes, received, spool);

    /// <summary>A message that an earlier process left in the spool.</summary>
    public ReceivedMessage(in SpoolLocation location, SeriesSpool spool) => (_location, _spool) = (location, spool);

    public Receipt Received { get; }

    public bool TrySpool()
    {
        lock (_gate)
        {
            if (_bytes is null)
            {
                return true;
            }

            _location = _spool.TryAppend(new SpoolHead(Received.Moment, SpoolHead.NoImage, 0), _bytes);
            _bytes = _location is null ? _bytes : null;
            return _location is not null;
        }
    }

    /// <summary>Releases the message, in memory or in the spool, after its content is stored.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _bytes = null;
            if (_location is { } location)
            {
                _location = null;
                _spool.Release(location);
            }
        }
    }
}
