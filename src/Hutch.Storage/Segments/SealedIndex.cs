using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>
/// The sorted index at the end of a sealed segment. In memory: a filter and, per page, its first key (the fences), loaded at the first
/// look-up; a hit reads and checks one page of 4 KiB, which the system's cache holds when it is wanted often.
/// </summary>
internal sealed class SealedIndex(SegmentFile file, SegmentFooter footer) : IMemberIndex
{
    private const int FenceSize = 40;
    private const int KindAt = MemberKey.Size;

    private readonly Lock _loading = new();
    private volatile byte[]? _directory;

    public long Count => footer.Entries;

    private long PagesAt => footer.IndexOffset + MemberHeader.Size;

    private int FilterBytes => (int)footer.FilterBlocks * BloomFilter.BlockSize;

    private int DirectoryBytes => FilterBytes + ((int)footer.Pages * FenceSize);

    /// <summary>The body of an index member, and the footer that goes with it (place, segment and lane to be filled in).</summary>
    public static byte[] Build(ReadOnlySpan<IndexEntry> sorted, out SegmentFooter footer)
    {
        int pages = IndexPage.PagesFor(sorted.Length);
        int filterBytes = BloomFilter.BlocksFor(sorted.Length) * BloomFilter.BlockSize;
        var body = new byte[(pages * IndexPage.Size) + filterBytes + (pages * FenceSize)];
        Span<byte> filter = body.AsSpan(pages * IndexPage.Size, filterBytes);
        Span<byte> fences = body.AsSpan((pages * IndexPage.Size) + filterBytes);
        for (int page = 0; page < pages; page++)
        {
            ReadOnlySpan<IndexEntry> entries =
                sorted[(page * IndexPage.Capacity)..Math.Min((page + 1) * IndexPage.Capacity, sorted.Length)];
            IndexPage.Write(body.AsSpan(page * IndexPage.Size), page, entries);
            WriteFence(fences[(page * FenceSize)..], entries[0].Key);
            foreach (IndexEntry entry in entries)
            {
                BloomFilter.Add(filter, entry.Key);
            }
        }

        footer = new SegmentFooter
        {
            Pages = (uint)pages,
            Entries = (uint)sorted.Length,
            FilterBlocks = (uint)(filterBytes / BloomFilter.BlockSize),
            DirectoryCrc32C = Checksum.Crc32C(body.AsSpan(pages * IndexPage.Size)),
        };
        return body;
    }

    public bool TryFind(MemberKey key, out IndexEntry entry)
    {
        byte[] directory = _directory ?? Load();
        entry = default;
        if (footer.Pages == 0 || !BloomFilter.MayContain(directory.AsSpan(0, FilterBytes), key))
        {
            return false;
        }

        int page = PageOf(directory.AsSpan(FilterBytes), key);
        if (page < 0)
        {
            return false;
        }

        Span<byte> buffer = stackalloc byte[IndexPage.Size];
        int count = ReadPage(page, buffer);
        return IndexPage.TryFind(buffer, count, key, out entry);
    }

    public void Check()
    {
        lock (_loading)
        {
            _directory = null;
        }

        Load();
    }

    public IEnumerable<IndexEntry> Entries()
    {
        var buffer = new byte[IndexPage.Size];
        for (int page = 0; page < footer.Pages; page++)
        {
            int count = ReadPage(page, buffer);
            for (int i = 0; i < count; i++)
            {
                if (!IndexEntry.TryRead(buffer.AsSpan(i * IndexEntry.Size), out IndexEntry entry))
                {
                    throw Damaged();
                }

                yield return entry;
            }
        }
    }

    /// <summary>The last page whose first key is not above the key; -1 when the key is below all.</summary>
    private static int PageOf(ReadOnlySpan<byte> fences, MemberKey key)
    {
        int low = 0, high = (fences.Length / FenceSize) - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            ReadOnlySpan<byte> fence = fences[(middle * FenceSize)..];
            if (MemberKey.Read((MemberKind)fence[KindAt], fence).CompareTo(key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }

    private static void WriteFence(Span<byte> destination, MemberKey key)
    {
        key.CopyTo(destination);
        destination[KindAt] = (byte)key.Kind;
    }

    private byte[] Load()
    {
        lock (_loading)
        {
            if (_directory is { } loaded)
            {
                return loaded;
            }

            var directory = new byte[DirectoryBytes];
            Read(directory, PagesAt + ((long)footer.Pages * IndexPage.Size));
            if (Checksum.Crc32C(directory) != footer.DirectoryCrc32C)
            {
                throw Damaged();
            }

            _directory = directory;
            return directory;
        }
    }

    private int ReadPage(int page, Span<byte> buffer)
    {
        Read(buffer, PagesAt + ((long)page * IndexPage.Size));
        return IndexPage.TryCheck(buffer, page, out int count) ? count : throw Damaged();
    }

    private void Read(Span<byte> buffer, long offset)
    {
        IDiskFile open = file.Acquire();
        try
        {
            if (open.ReadFully(buffer, offset) != buffer.Length)
            {
                throw Damaged();
            }
        }
        finally
        {
            file.Release();
        }
    }

    private DamagedIndexException Damaged() => new($"The index of '{file.Path}' is damaged.");
}
