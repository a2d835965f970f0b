namespace Hutch.Formats.Hdf5Content;

/// <summary>
/// Caches blocks of files: libhdf5 asks for a few hundred bytes here and there, and each request to the store costs more than a block.
/// Requests larger than a block bypass the cache. Sequential requests read several blocks ahead. So do requests at equal
/// distances, such as those of a row through many images.
/// </summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class BlockCache(IFileRanges files)
{
    private const int BlockBytes = 256 << 10;
    private const int MaxBlocks = 256;
    private const int MaxBlocksAtOnce = 4;

    // So many pieces at the same distance are asked for one by one before the next ones come at once.
    private const int MinAlike = 3;
    private const int MaxPiecesAtOnce = 32;

    private readonly Dictionary<(int File, long Block), LinkedListNode<CachedBlock>> _blocks = [];
    private readonly LinkedList<CachedBlock> _byUse = [];
    private readonly byte[] _several = new byte[MaxBlocksAtOnce * BlockBytes];
    private (int File, long Block) _afterLast;
    private int _atOnce = 1;
    private Piece _last;
    private long _distance;
    private int _alike;
    private Piece _ahead;
    private int _aheadCount;
    private byte[] _pieces = [];

    public void Read(NumberedFile file, long offset, Span<byte> destination)
    {
        if (destination.Length >= BlockBytes)
        {
            files.Read(file.Number, offset, destination);
            return;
        }

        if (ReadAhead(file, new Piece(file.Number, offset, destination.Length), destination))
        {
            return;
        }

        while (destination.Length > 0)
        {
            (long block, long skip) = Math.DivRem(offset, BlockBytes);
            byte[] bytes = Block(file, block);
            int length = (int)Math.Min(BlockBytes - skip, destination.Length);
            bytes.AsSpan((int)skip, length).CopyTo(destination);
            destination = destination[length..];
            offset += length;
        }
    }

    /// <summary>Reads a piece with the next ones, if its distance from the last equals the distance before that, and so on.</summary>
    private bool ReadAhead(NumberedFile file, Piece piece, Span<byte> destination)
    {
        long distance = piece.Offset - _last.Offset;
        bool isAlike = piece with { Offset = 0 } == _last with { Offset = 0 } && distance == _distance && distance > BlockBytes;
        (_alike, _distance, _last) = (isAlike ? _alike + 1 : 0, distance, piece);
        if (_alike < MinAlike)
        {
            _aheadCount = 0;
            return false;
        }

        long slot = (piece.Offset - _ahead.Offset) / distance;
        if (_aheadCount == 0 || slot >= _aheadCount)
        {
            long there = 1 + ((file.Bytes - piece.Offset - piece.Length) / distance);
            int count = (int)Math.Min(there, Math.Min(MaxPiecesAtOnce, Math.Max(MinAlike, 2 * _aheadCount)));
            if (_pieces.Length < count * piece.Length)
            {
                _pieces = new byte[count * piece.Length];
            }

            _aheadCount = 0;
            files.Read(piece.File, piece.Offset, distance, count, _pieces.AsSpan(0, count * piece.Length));
            (_ahead, _aheadCount, slot) = (piece, count, 0);
        }

        _pieces.AsSpan((int)slot * piece.Length, piece.Length).CopyTo(destination);
        return true;
    }

    private byte[] Block(NumberedFile file, long block)
    {
        if (!_blocks.TryGetValue((file.Number, block), out LinkedListNode<CachedBlock>? node))
        {
            return Fetch(file, block);
        }

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value.Bytes;
    }

    private byte[] Fetch(NumberedFile file, long block)
    {
        _atOnce = _afterLast == (file.Number, block) ? Math.Min(2 * _atOnce, MaxBlocksAtOnce) : 1;
        long start = block * BlockBytes;
        int length = (int)Math.Min((long)_atOnce * BlockBytes, file.Bytes - start);
        files.Read(file.Number, start, _several.AsSpan(0, length));
        int count = (length + BlockBytes - 1) / BlockBytes;
        for (int i = count - 1; i > 0; i--)
        {
            Add(file.Number, block + i, _several.AsSpan(i * BlockBytes, Math.Min(BlockBytes, length - (i * BlockBytes))));
        }

        _afterLast = (file.Number, block + count);
        return Add(file.Number, block, _several.AsSpan(0, Math.Min(BlockBytes, length)));
    }

    private byte[] Add(int file, long block, ReadOnlySpan<byte> bytes)
    {
        if (_blocks.TryGetValue((file, block), out LinkedListNode<CachedBlock>? known))
        {
            return known.Value.Bytes;
        }

        byte[] buffer = _blocks.Count < MaxBlocks ? new byte[BlockBytes] : TakeOldest();
        bytes.CopyTo(buffer);
        _blocks.Add((file, block), _byUse.AddFirst(new CachedBlock(file, block, buffer)));
        return buffer;
    }

    private byte[] TakeOldest()
    {
        CachedBlock oldest = _byUse.Last!.Value;
        _byUse.RemoveLast();
        _blocks.Remove((oldest.File, oldest.Block));
        return oldest.Bytes;
    }

    private readonly record struct Piece(int File, long Offset, int Length);

    private sealed record CachedBlock(int File, long Block, byte[] Bytes);
}
