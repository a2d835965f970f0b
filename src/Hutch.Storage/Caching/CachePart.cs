namespace Hutch.Storage.Caching;

/// <summary>One file of the cache. The newest is appended to; the oldest is given up when room is needed.</summary>
internal sealed class CachePart(IDiskFile file, string path, long number)
{
    private const int ScanBytes = 64 << 10;

    private readonly Lock _gate = new();
    private int _readers;
    private bool _isGone;

    public string Path => path;

    public long Number => number;

    public long Head { get; private set; }

    /// <summary>The bodies in it, in order.</summary>
    public List<(CacheHeader Header, long Offset)> Bodies { get; } = [];

    /// <summary>Finds what an earlier process left, up to the first place that is not whole.</summary>
    public void Scan()
    {
        long length = file.Length;
        var block = new byte[ScanBytes];
        long start = 0;
        int filled = 0;
        while (Head + CacheHeader.Size <= length)
        {
            if (Head < start || Head + CacheHeader.Size > start + filled)
            {
                start = Head;
                filled = file.ReadFully(block, start);
            }

            int at = (int)(Head - start);
            if (filled < at + CacheHeader.Size || !CacheHeader.TryRead(block.AsSpan(at, CacheHeader.Size), out CacheHeader header)
                || Head + CacheHeader.Size + header.Length > length)
            {
                return;
            }

            Append(header);
        }
    }

    /// <summary>
    /// Appends a body; returns where it begins. It is not synced: what a power cut leaves of it is found out when it is read.
    /// </summary>
    public long Append(CacheHeader header, ReadOnlyMemory<byte> body)
    {
        var first = new byte[CacheHeader.Size];
        header.Write(first);
        file.Write([first, body], Head);
        return Append(header);
    }

    /// <summary>Reads a body; false when the file is gone, too short, or cannot be read.</summary>
    public bool TryRead(long offset, Span<byte> body)
    {
        lock (_gate)
        {
            if (_isGone)
            {
                return false;
            }

            _readers++;
        }

        try
        {
            return file.ReadFully(body, offset) == body.Length;
        }
        catch (IOException)
        {
            // The object store has the bytes too.
            return false;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Lets go of the file when the last reader is done.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_isGone)
            {
                return;
            }

            _isGone = true;
            _readers++;
        }

        Leave();
    }

    private long Append(CacheHeader header)
    {
        long offset = Head + CacheHeader.Size;
        Bodies.Add((header, offset));
        Head = offset + header.Length;
        return offset;
    }

    private void Leave()
    {
        bool isLast;
        lock (_gate)
        {
            isLast = --_readers == 0 && _isGone;
        }

        if (isLast)
        {
            file.Dispose();
        }
    }
}
