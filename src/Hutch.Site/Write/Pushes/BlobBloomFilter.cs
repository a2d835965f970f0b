using System.Buffers.Binary;

namespace Hutch.Site.Write.Pushes;

/// <summary>
/// A Bloom filter of the blobs that the trees of one dataset name: no is certain, yes is wrong less than once in a hundred. Made by walking
/// a tree; a later tree of the same dataset costs only the pages that are new in it.
/// </summary>
/// <remarks>For one thread. A hash is random already: parts of it are the positions of its bits.</remarks>
internal sealed class BlobBloomFilter : ITreeVisitor
{
    private const int BitsPerBlob = 10;
    private const int PlacesPerBlob = 5;
    private const int PageBytes = 64;

    private readonly HashSet<BlobHash> _pages = [];
    private readonly ulong[] _bits;
    private readonly long _capacity;
    private long _blobs;

    /// <summary>Makes a filter with room for twice as many files.</summary>
    public BlobBloomFilter(long files)
    {
        _capacity = Math.Max(1024, 2 * files);
        _bits = new ulong[(_capacity * BitsPerBlob / 64) + 1];
    }

    /// <summary>True if it holds more blobs than its capacity, so that yes is too often wrong.</summary>
    public bool IsFull => _blobs > _capacity;

    /// <summary>About how much memory it takes.</summary>
    public long SizeBytes => (_bits.LongLength * sizeof(ulong)) + ((long)_pages.Count * PageBytes);

    /// <summary>Returns true if a tree may name a blob; false is certain.</summary>
    public bool MayContain(BlobHash blob)
    {
        Span<int> places = stackalloc int[PlacesPerBlob];
        foreach (int bit in Places(blob, places))
        {
            if ((_bits[bit >> 6] & (1UL << bit)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    public bool EnterPage(BlobHash page) => _pages.Add(page);

    public void VisitBlob(BlobHash blob, long size)
    {
        Span<int> places = stackalloc int[PlacesPerBlob];
        foreach (int bit in Places(blob, places))
        {
            _bits[bit >> 6] |= 1UL << bit;
        }

        _blobs++;
    }

    private Span<int> Places(BlobHash blob, Span<int> places)
    {
        Span<byte> hash = stackalloc byte[BlobHash.Size];
        blob.CopyTo(hash);
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = (int)(
                BinaryPrimitives.ReadUInt32LittleEndian(hash[(i * sizeof(uint))..]) % (ulong)Math.Min(_bits.LongLength * 64, int.MaxValue));
        }

        return places;
    }
}
