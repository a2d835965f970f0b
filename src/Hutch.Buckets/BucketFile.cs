using System.Buffers;
using Hutch.Buckets.Nearline;
using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>
/// A segment as a file to read: the local file while there is one, afterwards the stub and the bucket. It changes from one to the other
/// while it is open.
/// </summary>
internal sealed class BucketFile(BucketDisk disk, string name, SegmentUse use, IDiskFile? local) : SealedFile, IDistantFile
{
    private readonly Lock _gate = new();
    private IDiskFile? _local = local;
    private IDiskFile? _leaving;
    private readonly List<IDiskFile> _before = [];
    private int _readers;
    private IDiskFile? _stub;
    private IDiskFile? _retained;
    private StoredSegment? _stored;

    public string Name => name;

    public bool IsDistant => Volatile.Read(ref _local) is null;

    public IDiskFile Origin => new OriginFile(this);

    public override long Length
    {
        get
        {
            IDiskFile? file = Enter();
            try
            {
                return file?.Length ?? _stored!.Bytes;
            }
            finally
            {
                Leave(file);
            }
        }
    }

    /// <summary>Reads from the stub and the bucket from now on.</summary>
    /// <param name="retained">The parts of a segment in nearline storage.</param>
    public void GoDistant(StoredSegment stored, IDiskFile stub, IDiskFile? retained)
    {
        lock (_gate)
        {
            CloseLater(_stub);
            CloseLater(_retained);
            (_stub, _retained) = (stub, retained);
            Volatile.Write(ref _stored, stored);
            _leaving = _local;
            Volatile.Write(ref _local, null);
            CloseLeaving();
        }
    }

    /// <summary>Reads from a local file from now on.</summary>
    public void GoLocal(IDiskFile recalled)
    {
        lock (_gate)
        {
            Volatile.Write(ref _local, recalled);
        }
    }

    public override int Read(Span<byte> destination, long offset) => Read(destination, offset, inPassing: false);

    public int ReadInPassing(Span<byte> destination, long offset) => Read(destination, offset, inPassing: true);

    public async ValueTask<int> ReadFullyAsync(Memory<byte> destination, long offset, CancellationToken cancellationToken)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = await ReadSomeAsync(destination[total..], offset + total, isCached: true, cancellationToken);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void DropCached(long offset, long length)
    {
        IDiskFile? file = Enter();
        try
        {
            if (file is null && _stored!.IsNearline)
            {
                // The parts on the local disk may be wrong.
                lock (_gate)
                {
                    CloseLater(_retained);
                    Volatile.Write(ref _retained, null);
                }
            }
            else if (file is null)
            {
                disk.Blocks.Remove(_stored!, offset, length);
            }
            else
            {
                file.DropCached(offset, length);
            }
        }
        finally
        {
            Leave(file);
        }
    }

    public override void Dispose()
    {
        disk.Closed(this);
        lock (_gate)
        {
            _leaving ??= _local;
            Volatile.Write(ref _local, null);
            CloseLeaving();
            _before.ForEach(static file => file.Dispose());
            _stub?.Dispose();
            _retained?.Dispose();
            (_stub, _retained) = (null, null);
        }
    }

    private int Read(Span<byte> destination, long offset, bool inPassing)
    {
        IDiskFile? file = Enter();
        if (file is not null)
        {
            try
            {
                return inPassing ? file.ReadInPassing(destination, offset) : file.Read(destination, offset);
            }
            finally
            {
                Leave(file);
            }
        }

        return ReadDistant(destination, offset, isCached: true);
    }

    /// <summary>Reads without a local file, on the calling thread.</summary>
    private int ReadDistant(Span<byte> destination, long offset, bool isCached)
    {
        int read = isCached ? ReadHere(_stored!, destination, offset) : 0;
        if (read > 0 || destination.IsEmpty || offset >= _stored!.Bytes)
        {
            return read;
        }

        if (_stored!.IsNearline && disk.Recalls is { } recalls)
        {
            // Maintenance reads so, and can wait.
            recalls.BringAsync(new HashSet<long> { SegmentInspection.NumberOf(name) }, CancellationToken.None).GetAwaiter().GetResult();
            return Read(destination, offset);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(destination.Length);
        try
        {
            read = ReadSomeAsync(buffer.AsMemory(0, destination.Length), offset, isCached, CancellationToken.None)
                .AsTask().GetAwaiter().GetResult();
            buffer.AsSpan(0, read).CopyTo(destination);
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadSomeAsync(Memory<byte> into, long offset, bool isCached, CancellationToken ct)
    {
        IDiskFile? file = Enter();
        if (file is not null)
        {
            try
            {
                return file.Read(into.Span, offset);
            }
            finally
            {
                Leave(file);
            }
        }

        StoredSegment stored = _stored!;
        int read = isCached ? ReadHere(stored, into.Span, offset) : 0;
        if (read > 0 || offset >= stored.Bytes)
        {
            return read;
        }

        if (stored.IsNearline)
        {
            throw new MemberOfflineException($"The segment {name} is in nearline storage.");
        }

        Memory<byte> part = into[..(int)Math.Min(into.Length, (isCached ? stored.Index : stored.Bytes) - offset)];
        await (isCached ? disk.Blocks.ReadAsync(stored, offset, part, ct) : disk.Blocks.ReadOriginAsync(stored, offset, part, ct));
        return part.Length;
    }

    /// <summary>Reads what the local disk has of a segment without a local file; 0 if it has nothing there.</summary>
    private int ReadHere(StoredSegment stored, Span<byte> into, long offset) =>
        SegmentStub.Read(_stub!, stored, into, offset) is > 0 and var read ? read
        : stored.IsNearline && Volatile.Read(ref _retained) is { } retained ? KeptParts.Read(retained, into, offset)
        : 0;

    /// <summary>Leaves a replaced file to its readers: it closes when this one does. Under the lock.</summary>
    private void CloseLater(IDiskFile? file)
    {
        if (file is not null)
        {
            _before.Add(file);
        }
    }

    private IDiskFile? Enter()
    {
        use.Touch();
        lock (_gate)
        {
            _readers += _local is null ? 0 : 1;
            return _local;
        }
    }

    private void Leave(IDiskFile? file)
    {
        if (file is null)
        {
            return;
        }

        lock (_gate)
        {
            _readers--;
            CloseLeaving();
        }
    }

    private void CloseLeaving()
    {
        if (_readers == 0)
        {
            _leaving?.Dispose();
            _leaving = null;
        }
    }

    /// <summary>The bytes of the bucket, for a scrub; those of the local file while there is one.</summary>
    private sealed class OriginFile(BucketFile file) : SealedFile
    {
        public override long Length => file.Length;

        public override int Read(Span<byte> destination, long offset) => file.IsDistant
            ? file.ReadDistant(destination, offset, isCached: false)
            : file.Read(destination, offset);

        public override void Dispose()
        {
            // The file is open elsewhere.
        }
    }
}

/// <summary>Time of the last read of a segment.</summary>
internal sealed class SegmentUse(TimeProvider time)
{
    private long _last;

    public long Last => Volatile.Read(ref _last);

    public void Touch() => Volatile.Write(ref _last, time.GetTimestamp());
}
