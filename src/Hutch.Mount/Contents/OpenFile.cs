namespace Hutch.Mount.Contents;

/// <summary>A file that a program has open: reads of any part, and blocks loaded ahead while they come in order.</summary>
internal sealed class OpenFile(FileContent content, BlobReader reader)
{
    private const int MaxAhead = 16;

    /// <summary>The kernel may swap requests of one reader, but not by more than this.</summary>
    private const long Tolerance = FileContent.BlockBytes;

    private readonly Lock _gate = new();
    private long _next;
    private int _window;
    private int _ahead;

    internal FileContent Content { get; } = content;

    internal BlobReader Reader { get; } = reader;

    /// <summary>Reads a part; shorter only at the end of the file.</summary>
    internal async ValueTask<FilePart> ReadAsync(long offset, int size, CancellationToken cancellationToken)
    {
        size = (int)Math.Min(size, Math.Max(0, Content.Size - offset));
        if (size == 0)
        {
            return new FilePart(ReadOnlyMemory<byte>.Empty, null);
        }

        int first = (int)(offset / FileContent.BlockBytes);
        int last = (int)((offset + size - 1) / FileContent.BlockBytes);
        ReadAhead(offset, size, last);
        int start = (int)(offset - ((long)first * FileContent.BlockBytes));
        if (first == last)
        {
            Block block = await Reader.GetAsync(first, cancellationToken);
            return new FilePart(block.Bytes.Slice(start, size), block);
        }

        byte[] joined = GC.AllocateUninitializedArray<byte>(size);
        for (int filled = 0; filled < size; start = 0)
        {
            using Block block = await Reader.GetAsync(first++, cancellationToken);
            int length = Math.Min(block.Length - start, size - filled);
            block.Bytes.Slice(start, length).CopyTo(joined.AsMemory(filled));
            filled += length;
        }

        return new FilePart(joined, null);
    }

    private void ReadAhead(long offset, int size, int last)
    {
        int from, count;
        lock (_gate)
        {
            bool isNext = Math.Abs(offset - _next) <= Tolerance;
            _next = Math.Max(offset + size, isNext ? _next : 0);
            if (!isNext)
            {
                (_window, _ahead) = (0, 0);
                return;
            }

            from = Math.Max(_ahead, last + 1);
            if (_window > 0 && from - last > (_window / 2) + 1)
            {
                return; // enough is on its way
            }

            _window = Math.Clamp(_window * 2, 1, MaxAhead);
            count = last + 1 + _window - from;
            _ahead = Math.Max(_ahead, from + count);
        }

        Reader.Prefetch(from, count);
    }
}

/// <summary>Bytes of a file, valid until the block that holds them is released.</summary>
internal readonly record struct FilePart(ReadOnlyMemory<byte> Bytes, Block? Block);
