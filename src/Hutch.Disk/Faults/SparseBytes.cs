namespace Hutch.Disk.Faults;

/// <summary>Bytes in pages that are immutable once shared: a copy of a file costs one of its page table. Absent pages are zeros.</summary>
internal sealed class SparseBytes
{
    private const int PageSize = 4096;

    private byte[]?[] _pages;

    public SparseBytes()
        : this([], 0)
    {
    }

    private SparseBytes(byte[]?[] pages, long length)
    {
        (_pages, Length) = (pages, length);
    }

    public long Length { get; private set; }

    /// <summary>A copy that shares all pages: from now on both replace pages instead of changing them.</summary>
    public SparseBytes Copy() => new([.. _pages], Length);

    public int Read(Span<byte> destination, long offset)
    {
        int total = (int)Math.Clamp(Length - offset, 0, destination.Length);
        for (int done = 0; done < total;)
        {
            (int page, int at) = Place(offset + done);
            Span<byte> part = destination.Slice(done, Math.Min(PageSize - at, total - done));
            if (page < _pages.Length && _pages[page] is { } bytes)
            {
                bytes.AsSpan(at, part.Length).CopyTo(part);
            }
            else
            {
                part.Clear();
            }

            done += part.Length;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> source, long offset)
    {
        Length = Math.Max(Length, offset + source.Length);
        Grow();
        while (!source.IsEmpty)
        {
            (int page, int at) = Place(offset);
            ReadOnlySpan<byte> part = source[..Math.Min(PageSize - at, source.Length)];
            if (_pages[page] is not null || part.ContainsAnyExcept((byte)0))
            {
                Replace(page, at, part);
            }

            source = source[part.Length..];
            offset += part.Length;
        }
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            ClearFrom(length);
        }

        Length = length;
        Grow();
    }

    private static (int Page, int At) Place(long offset) => ((int)(offset / PageSize), (int)(offset % PageSize));

    private void Replace(int page, int at, ReadOnlySpan<byte> part)
    {
        byte[] replaced = _pages[page] is { } old ? [.. old] : new byte[PageSize];
        part.CopyTo(replaced.AsSpan(at));
        _pages[page] = replaced;
    }

    private void ClearFrom(long length)
    {
        (int page, int at) = Place(length);
        if (at > 0 && page < _pages.Length && _pages[page] is { } last)
        {
            var cut = new byte[PageSize];
            last.AsSpan(0, at).CopyTo(cut);
            _pages[page] = cut;
            page++;
        }

        if (page < _pages.Length)
        {
            Array.Clear(_pages, page, _pages.Length - page);
        }
    }

    private void Grow()
    {
        int pages = (int)((Length + PageSize - 1) / PageSize);
        if (pages > _pages.Length)
        {
            Array.Resize(ref _pages, Math.Max(pages, _pages.Length + (_pages.Length / 2)));
        }
    }
}
