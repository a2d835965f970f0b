using System.Buffers;
using System.Diagnostics.Metrics;

namespace Hutch.Storage.Caching;

/// <summary>
/// A cache on the server's own disk for bytes that can be fetched or made again: parts of the log and the object store, and derived
/// files. It may be lost, truncated or damaged at any time; a failure of its disk only means a cache miss.
/// </summary>
/// <remarks>
/// Bodies are appended to files of equal size, and the oldest file is evicted as a whole: neither many small files nor holes. Bodies that
/// were read since they were written are copied to a new file first, up to half a file. Thread-safe.
/// </remarks>
public sealed class ByteCache : IDisposable
{
    private const string Extension = ".cache";

    private readonly Meter _meter;
    private readonly Counter<long> _reads;
    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly CacheOptions _options;
    private readonly Lock _writing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, Entry> _entries = [];
    private readonly Queue<CachePart> _parts = new();
    private CachePart? _open;
    private long _lastNumber;
    private long _bytes;
    private long _clearings;
    private bool _isClosed;

    private ByteCache(IDisk disk, string folder, CacheOptions options, string name)
    {
        (_disk, _folder, _options) = (disk, folder, options);
        _meter = new Meter(name);
        string prefix = name.ToLowerInvariant();
        _reads = _meter.CreateCounter<long>(prefix + ".reads", description: "Bodies that were looked for in the cache, by outcome");
        _meter.CreateObservableGauge(prefix + ".bytes", () => Bytes, "By", "Bytes of the cache's files");
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Raised when the cache is cleared, for holders of copies in memory.</summary>
    public event Action? Cleared;

    /// <summary>The number of times the cache was cleared. Bytes fetched before a clearing must not be stored after it.</summary>
    public long Clearings => Volatile.Read(ref _clearings);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Opens the cache in a folder, with what an earlier process left there. Never fails.</summary>
    /// <param name="name">What its metrics are called, with capitals: <c>Hutch.Cluster.Cache</c>.</param>
    public static ByteCache Open(IDisk disk, string folder, CacheOptions options, string name)
    {
        var cache = new ByteCache(disk, folder, options, name);
        try
        {
            disk.CreateFolder(folder);
            cache.Load();
        }
        catch (Exception e) when (IsDisk(e))
        {
            // Without it every byte comes from where it is.
        }

        return cache;
    }

    /// <summary>Reads a body that was added under a key, if it is still there and whole.</summary>
    /// <param name="body">As long as the body must be.</param>
    /// <param name="crc32C">What its CRC32C must be.</param>
    public bool TryRead(CacheKey key, Span<byte> body, uint crc32C)
    {
        bool isHit = TryFind(key, body, crc32C);
        _reads.Add(1, new KeyValuePair<string, object?>("outcome", isHit ? "hit" : "miss"));
        return isHit;
    }

    /// <summary>Reads a body that was added under a key; null when it is not there any more, or damaged.</summary>
    public byte[]? Read(CacheKey key)
    {
        Entry? entry;
        lock (_gate)
        {
            _entries.TryGetValue(key, out entry);
        }

        byte[] body = entry is null ? [] : new byte[entry.Length];
        return TryRead(key, body, entry?.Crc32C ?? 0) ? body : null;
    }

    /// <summary>Reads a body that was added under a key, if it is still there, has this length, and is as it was added.</summary>
    public bool TryRead(CacheKey key, Span<byte> body)
    {
        Entry? entry;
        lock (_gate)
        {
            _entries.TryGetValue(key, out entry);
        }

        return TryRead(key, body, entry?.Crc32C ?? 0);
    }

    /// <summary>Returns true if a body is there, as far as is known without reading it.</summary>
    public bool Has(CacheKey key) => Contains(key);

    /// <summary>Keeps a body, unless it is there already, is too large, or the disk does not want it.</summary>
    /// <param name="crc32C">Its CRC32C.</param>
    /// <param name="clearings">What <see cref="Clearings"/> said before the body was fetched; null for one that is new.</param>
    public void Add(CacheKey key, ReadOnlyMemory<byte> body, uint crc32C, long? clearings = null)
    {
        if (CacheHeader.Size + body.Length > _options.PartBytes || _options.CacheBytes < _options.PartBytes)
        {
            return;
        }

        lock (_writing)
        {
            if (_isClosed || (clearings ?? _clearings) != _clearings || Contains(key))
            {
                return;
            }

            try
            {
                Append(new CacheHeader(key, body.Length, crc32C), body);
            }
            catch (Exception e) when (IsDisk(e))
            {
                GiveWay();
            }
        }
    }

    /// <summary>Has a body fetched anew when it is next wanted. Its bytes stay on the disk until their file is given up.</summary>
    public void Remove(CacheKey key)
    {
        lock (_gate)
        {
            _entries.Remove(key);
        }
    }

    /// <summary>Forgets everything, on the disk too.</summary>
    public void Clear()
    {
        lock (_writing)
        {
            Interlocked.Increment(ref _clearings);
            while (_parts.Count > 0)
            {
                EvictOldest(isKept: static _ => false);
            }
        }

        Cleared?.Invoke();
    }

    public void Dispose()
    {
        _meter.Dispose();
        lock (_writing)
        {
            _isClosed = true;
            foreach (CachePart part in _parts)
            {
                part.Close();
            }
        }
    }

    private bool TryFind(CacheKey key, Span<byte> body, uint crc32C)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out entry) || entry.Length != body.Length || entry.Crc32C != crc32C)
            {
                return false;
            }

            entry.IsWanted = true;
        }

        if (entry.Part.TryRead(entry.Offset, body) && Checksum.Crc32C(body) == crc32C)
        {
            return true;
        }

        Remove(key, entry);
        return false;
    }

    private static bool IsDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    private void Load()
    {
        foreach (string name in _disk.ListFiles(_folder))
        {
            if (!name.EndsWith(Extension, StringComparison.Ordinal)
                || !long.TryParse(name[..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                continue;
            }

            string path = Path.Combine(_folder, name);
            _lastNumber = Math.Max(_lastNumber, number);
            var part = new CachePart(_disk.Open(path, DiskAccess.Read), path, number);
            part.Scan();
            _parts.Enqueue(part);
            _bytes += part.Head;
            foreach ((CacheHeader header, long offset) in part.Bodies)
            {
                _entries[header.Key] = new Entry(part, offset, header.Length, header.Crc32C);
            }
        }

        EvictOldest(0);
    }

    private bool Contains(CacheKey key)
    {
        lock (_gate)
        {
            return _entries.ContainsKey(key);
        }
    }

    private void Remove(CacheKey key, Entry entry)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out Entry? now) && ReferenceEquals(now, entry))
            {
                _entries.Remove(key);
            }
        }
    }

    private void Append(CacheHeader header, ReadOnlyMemory<byte> body)
    {
        if (!Fits(body.Length) || Count >= _options.MaxEntries)
        {
            _open = null;
            EvictOldest(_options.PartBytes);
            if (_disk.Space(_folder).FreeBytes < _options.ReserveBytes + _options.PartBytes)
            {
                return;
            }
        }

        Write(header, body);
    }

    private bool Fits(int length) => _open is not null && _open.Head + CacheHeader.Size + length <= _options.PartBytes;

    private CachePart Begin()
    {
        long number = ++_lastNumber;
        string path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{number:d10}{Extension}"));
        var part = new CachePart(_disk.Open(path, DiskAccess.CreateNew), path, number);
        _parts.Enqueue(part);
        return part;
    }

    private void Write(CacheHeader header, ReadOnlyMemory<byte> body)
    {
        if (!Fits(body.Length))
        {
            _open = Begin();
        }

        long offset = _open!.Append(header, body);
        Interlocked.Add(ref _bytes, CacheHeader.Size + body.Length);
        lock (_gate)
        {
            _entries[header.Key] = new Entry(_open, offset, header.Length, header.Crc32C);
        }
    }

    /// <summary>Evicts old files until the bytes fit; bodies read recently move to a new file.</summary>
    private void EvictOldest(int needed)
    {
        while (_parts.Count > 0 && (_bytes + needed > _options.CacheBytes || Count >= _options.MaxEntries))
        {
            long left = _options.PartBytes / 2;
            EvictOldest(entry => needed > 0 && entry.IsWanted && (left -= CacheHeader.Size + entry.Length) >= 0);
        }
    }

    private void EvictOldest(Func<Entry, bool> isKept)
    {
        CachePart oldest = _parts.Dequeue();
        if (ReferenceEquals(oldest, _open))
        {
            _open = null;
        }

        var retained = new List<(CacheHeader Header, long Offset)>();
        lock (_gate)
        {
            foreach ((CacheHeader header, long offset) in oldest.Bodies)
            {
                if (_entries.TryGetValue(header.Key, out Entry? entry) && ReferenceEquals(entry.Part, oldest) && entry.Offset == offset)
                {
                    _entries.Remove(header.Key);
                    if (isKept(entry))
                    {
                        retained.Add((header, offset));
                    }
                }
            }
        }

        try
        {
            // Unlinked first, so that there is room; the open file still has the bytes.
            _disk.Delete(oldest.Path);
            Interlocked.Add(ref _bytes, -oldest.Head);
            retained.ForEach(body => KeepOn(oldest, body.Header, body.Offset));
        }
        finally
        {
            oldest.Close();
        }
    }

    private void KeepOn(CachePart oldest, CacheHeader header, long offset)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, header.Length));
        try
        {
            Memory<byte> body = buffer.AsMemory(0, header.Length);
            if (oldest.TryRead(offset, body.Span) && Checksum.Crc32C(body.Span) == header.Crc32C)
            {
                Write(header, body);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The disk failed or is full: nothing more goes to this file, and the oldest makes room for others.</summary>
    private void GiveWay()
    {
        _open = null;
        try
        {
            if (_parts.Count > 0)
            {
                EvictOldest(isKept: static _ => false);
            }
        }
        catch (Exception e) when (IsDisk(e))
        {
            // It stays on the disk, and is given up at the next start.
        }
    }

    private sealed class Entry(CachePart part, long offset, int length, uint crc32C)
    {
        public CachePart Part => part;

        public long Offset => offset;

        public int Length => length;

        public uint Crc32C => crc32C;

        /// <summary>True if the body was read since it was written.</summary>
        public bool IsWanted { get; set; }
    }
}
