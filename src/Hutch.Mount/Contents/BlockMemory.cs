using System.Diagnostics.CodeAnalysis;

namespace Hutch.Mount.Contents;

/// <summary>The most recently used blocks, in memory. It holds each of them. Thread-safe.</summary>
internal sealed class BlockMemory(long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(long Reader, int Block), LinkedListNode<((long Reader, int Block) Key, Block Block)>> _blocks = [];
    private readonly LinkedList<((long Reader, int Block) Key, Block Block)> _byUse = new();
    private long _bytes;

    internal bool Contains(long reader, int block)
    {
        lock (_gate)
        {
            return _blocks.ContainsKey((reader, block));
        }
    }

    /// <summary>Finds a block and holds it for the caller.</summary>
    internal bool TryHold(long reader, int block, [NotNullWhen(true)] out Block? found)
    {
        lock (_gate)
        {
            found = null;
            if (!_blocks.TryGetValue((reader, block), out LinkedListNode<((long Reader, int Block) Key, Block Block)>? node))
            {
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            found = node.Value.Block;
            return found.TryHold();
        }
    }

    /// <summary>Adds a block that the caller holds, or replaces it; releases the least recently used ones beyond the limit.</summary>
    internal void Set(long reader, int block, Block bytes)
    {
        lock (_gate)
        {
            Drop(reader, block);
            if (bytes.TryHold())
            {
                _blocks.Add((reader, block), _byUse.AddFirst(((reader, block), bytes)));
                _bytes += bytes.Length;
            }

            while (_bytes > maxBytes && _byUse.Count > 1)
            {
                (long oldReader, int oldBlock) = _byUse.Last!.Value.Key;
                Drop(oldReader, oldBlock);
            }
        }
    }

    /// <summary>Releases all blocks of a reader.</summary>
    internal void RemoveAll(long reader)
    {
        lock (_gate)
        {
            foreach ((long Reader, int Block) key in _blocks.Keys.Where(key => key.Reader == reader).ToArray())
            {
                Drop(key.Reader, key.Block);
            }
        }
    }

    // With the gate held.
    private void Drop(long reader, int block)
    {
        if (_blocks.Remove((reader, block), out LinkedListNode<((long Reader, int Block) Key, Block Block)>? node))
        {
            _byUse.Remove(node);
            _bytes -= node.Value.Block.Length;
            node.Value.Block.Dispose();
        }
    }
}
