using System.Diagnostics.CodeAnalysis;
using Hutch.Disk;
using Hutch.Model;

namespace Hutch.Federation.Reading;

/// <summary>
/// What was read through lately, in slots of one file without a name: it takes no more than it is given, is in no backup, and goes with the
/// process. What was not read for longest makes room. Thread-safe.
/// </summary>
/// <param name="open">Opens the file, when it is first needed.</param>
/// <param name="maxBytes">The most that the file takes.</param>
/// <param name="hasRoom">Whether the disk has room for so many more bytes.</param>
internal sealed class ReadCache(Func<IDiskFile> open, long maxBytes, Func<long, bool> hasRoom) : IDisposable
{
    /// <summary>Bytes of a slot, and of a part of a blob.</summary>
    public const int SlotBytes = 256 << 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<ReadKey, LinkedListNode<CachedBlob>> _blobs = [];
    private readonly LinkedList<CachedBlob> _byUse = new();
    private readonly Stack<int> _free = new();
    private readonly int _slots = (int)Math.Min(int.MaxValue, maxBytes / SlotBytes);
    private IDiskFile? _file;
    private int _taken;

    /// <summary>What is kept or comes, bytes of slots.</summary>
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

    /// <summary>Finds what is here or comes; that is its use.</summary>
    public bool TryFind(ReadKey key, [MaybeNullWhen(false)] out CachedBlob blob)
    {
        lock (_gate)
        {
            blob = _blobs.TryGetValue(key, out LinkedListNode<CachedBlob>? node) ? Use(node) : null;
            return blob is not null;
        }
    }

    /// <summary>Finds a blob, or makes room for it: whoever made it brings the bytes.</summary>
    public Result<(CachedBlob Blob, bool IsNew)> FindOrAdd(ReadKey key, long size)
    {
        lock (_gate)
        {
            if (_blobs.TryGetValue(key, out LinkedListNode<CachedBlob>? node))
            {
                return node.Value.Size == size
                    ? (Use(node), false)
                    : ErrorCode.Unavailable.With(
                        $"The home of the dataset names {key.Hash} with {size} and with {node.Value.Size} bytes: a page of it is wrong.");
            }

            long wanted = (size + SlotBytes - 1) / SlotBytes;
            if (wanted > _slots / 2)
            {
                return (ErrorCode.InsufficientStorage with { Advice = "Read it at its home, or have a copy made: `hutch replicate`." })
                    .With(
                        $"The file has {Display.Bytes(size)}, and this site reads files of at most "
                        + $"{Display.Bytes(_slots / 2L * SlotBytes)} through from other sites.");
            }

            if (!MakeRoom((int)wanted))
            {
                return ErrorCode.Unavailable.With("This site reads so much from other sites now that it has no room for more. Try again.");
            }

            var slots = new int[wanted];
            for (int i = 0; i < slots.Length; i++)
            {
                slots[i] = _free.Count > 0 ? _free.Pop() : _taken++;
            }

            var added = new CachedBlob(this, key, size, slots);
            _blobs[key] = _byUse.AddFirst(added);
            return (added, true);
        }
    }

    /// <summary>Forgets a blob, once nobody writes it.</summary>
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

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    /// <summary>Fills a slot.</summary>
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

    /// <summary>What still comes stays, as somebody waits for it.</summary>
    private bool MakeRoom(int wanted)
    {
        int Missing() => wanted - _free.Count - (_slots - _taken);
        LinkedListNode<CachedBlob>? next = _byUse.Last;
        while (next is { } node && (Missing() > 0 || !HasRoom(wanted)))
        {
            next = node.Previous;
            if (node.Value.IsWhole)
            {
                Drop(node);
            }
        }

        return Missing() <= 0 && HasRoom(wanted);
    }

    /// <summary>Slots that were used before take no more of the disk.</summary>
    private bool HasRoom(int wanted) => wanted <= _free.Count || hasRoom((long)(wanted - _free.Count) * SlotBytes);

    private void Drop(LinkedListNode<CachedBlob> node)
    {
        node.Value.HasLeft = true;
        _byUse.Remove(node);
        _blobs.Remove(node.Value.Key);
        foreach (int slot in node.Value.Slots)
        {
            _free.Push(slot);
        }
    }
}
