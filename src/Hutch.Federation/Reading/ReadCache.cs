using System.Diagnostics.CodeAnalysis;

namespace Hutch.Federation.Reading;

/// <summary>
/// The cache of data that was recently read through, in slots of one file without a name: its size is limited, it is in no backup, and it
/// ends with the process. The least recently used data is dropped first. Thread-safe.
/// </summary>
/// <param name="hasRoom">Returns true if the disk has enough free space for more bytes.</param>
internal sealed class ReadCache(Func<IDiskFile> open, long maxBytes, Func<long, bool> hasRoom) : IDisposable
{
    /// <summary>Bytes of a slot, and of a part of a blob.</summary>
    public const int SlotBytes = 256 << 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<ReadKey, LinkedListNode<CachedBlob>> _blobs = [];
    private readonly LinkedList<CachedBlob> _byUse = new();
    private readonly Stack<int> _free = new();
    private readonly int _slots = SlotsIn(maxBytes);
    private IDiskFile? _file;
    private int _taken;

    /// <summary>The bytes of all slots with cached data or data in transfer.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_gate)
            {
                return (long)(_taken - _free.Count) * SlotBytes;
            }
        }
    }

    /// <summary>The files that may come now: they take slots at their turn.</summary>
    public ReadAdmission Admission { get; } = new(SlotsIn(maxBytes));

    public static int SlotsOf(long bytes) => (int)Math.Min(int.MaxValue, (bytes + SlotBytes - 1) / SlotBytes);

    /// <summary>The part of a blob that the slot with some byte of it has.</summary>
    /// <param name="position">The byte.</param>
    /// <param name="size">Bytes of the blob.</param>
    public static Extent SlotAt(long position, long size)
    {
        long start = position / SlotBytes * SlotBytes;
        return new Extent(start, (int)Math.Min(SlotBytes, size - start), 0);
    }

    /// <summary>Finds a blob, and counts that as a use.</summary>
    public bool TryFind(ReadKey key, [MaybeNullWhen(false)] out CachedBlob blob)
    {
        lock (_gate)
        {
            blob = _blobs.TryGetValue(key, out LinkedListNode<CachedBlob>? node) ? Use(node) : null;
            return blob is not null;
        }
    }

    /// <summary>Returns true if a blob is here, without counting a use.</summary>
    public bool Has(ReadKey key)
    {
        lock (_gate)
        {
            return _blobs.ContainsKey(key);
        }
    }

    /// <summary>Refuses a file that is too large to be read through; null if it is not.</summary>
    public HutchError? CheckSize(long size) => SlotsOf(size) > Admission.MostSlots
        ? (ErrorCode.InsufficientStorage with { Advice = "Read it at its home, or have a copy made: `hutch replicate`." }).With(
            $"The file has {Display.Bytes(size)}, and this site reads files of at most "
            + $"{Display.Bytes((long)Admission.MostSlots * SlotBytes)} through from other sites.")
        : null;

    /// <summary>Frees slots for a blob, which no reader finds until it is added.</summary>
    public Result<CachedBlob> Reserve(ReadKey key, long size)
    {
        lock (_gate)
        {
            int wanted = SlotsOf(size);
            if (!EvictOldest(wanted))
            {
                return ErrorCode.Unavailable.With("The disk of this site has no room for what is read from other sites. Try again.");
            }

            var slots = new int[wanted];
            for (int i = 0; i < slots.Length; i++)
            {
                slots[i] = _free.Count > 0 ? _free.Pop() : _taken++;
            }

            return new CachedBlob(this, key, size, slots);
        }
    }

    /// <summary>Shows a blob to readers: all parts are written, and their hash is right. One that was here already stays.</summary>
    public CachedBlob Add(CachedBlob whole)
    {
        whole.Readable = whole.Size;
        lock (_gate)
        {
            if (_blobs.TryGetValue(whole.Key, out LinkedListNode<CachedBlob>? node))
            {
                Free(whole);
                return Use(node);
            }

            _blobs[whole.Key] = _byUse.AddFirst(whole);
            return whole;
        }
    }

    /// <summary>Returns the slots of a blob that was not added, after its last write.</summary>
    public void Return(CachedBlob blob)
    {
        lock (_gate)
        {
            Free(blob);
        }
    }

    public void Remove(CachedBlob blob)
    {
        lock (_gate)
        {
            if (_blobs.TryGetValue(blob.Key, out LinkedListNode<CachedBlob>? node) && node.Value == blob)
            {
                Drop(node);
            }
        }
    }

    /// <summary>Drops all blobs, and overwrites them. Transfers in progress continue.</summary>
    public void Clear()
    {
        int[] left;
        lock (_gate)
        {
            while (_byUse.Last is { } blob)
            {
                Drop(blob);
            }

            // No other blob may have them until they are empty.
            left = [.. _free];
            _free.Clear();
        }

        try
        {
            var zeros = new byte[left.Length > 0 ? SlotBytes : 0];
            foreach (int slot in left)
            {
                Write(slot, zeros);
            }
        }
        finally
        {
            lock (_gate)
            {
                left.ToList().ForEach(_free.Push);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    internal void Write(int slot, ReadOnlySpan<byte> bytes) => File().Write(bytes, (long)slot * SlotBytes);

    /// <summary>Reads a slot, which may have been filled anew.</summary>
    internal void Read(int slot, Span<byte> destination) => File().ReadFully(destination, (long)slot * SlotBytes);

    private IDiskFile File()
    {
        lock (_gate)
        {
            return _file ??= open();
        }
    }

    private CachedBlob Use(LinkedListNode<CachedBlob> node)
    {
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value;
    }

    private static int SlotsIn(long bytes) => (int)Math.Min(int.MaxValue, bytes / SlotBytes);

    private bool EvictOldest(int wanted)
    {
        int Missing() => wanted - _free.Count - (_slots - _taken);
        while (_byUse.Last is { } oldest && (Missing() > 0 || !HasSpace(wanted)))
        {
            Drop(oldest);
        }

        return Missing() <= 0 && HasSpace(wanted);
    }

    /// <summary>Slots that were used before take no more of the disk.</summary>
    private bool HasSpace(int wanted) => wanted <= _free.Count || hasRoom((long)(wanted - _free.Count) * SlotBytes);

    private void Drop(LinkedListNode<CachedBlob> node)
    {
        _byUse.Remove(node);
        _blobs.Remove(node.Value.Key);
        Free(node.Value);
    }

    private void Free(CachedBlob blob)
    {
        blob.HasLeft = true;
        foreach (int slot in blob.Slots)
        {
            _free.Push(slot);
        }
    }
}
