namespace Hutch.Catalog.Search;

/// <summary>Keys of datasets, a bit each: they are counted from 1, and few are missing.</summary>
/// <param name="end">Only keys below this one are in it.</param>
internal sealed class KeySet(long end)
{
    private const int WordBits = 64;

    private readonly ulong[] _words = new ulong[(end / WordBits) + 1];

    /// <summary>Whether a key is in it.</summary>
    public bool Contains(long key) => (_words[key / WordBits] & Bit(key)) != 0;

    /// <summary>Takes a key in.</summary>
    public void Add(long key)
    {
        if (key < end)
        {
            _words[key / WordBits] |= Bit(key);
        }
    }

    /// <summary>The keys, the greatest first.</summary>
    public IEnumerable<long> Descending()
    {
        for (long key = end - 1; key >= 0; key--)
        {
            if (_words[key / WordBits] == 0)
            {
                key -= key % WordBits;
            }
            else if (Contains(key))
            {
                yield return key;
            }
        }
    }

    private static ulong Bit(long key) => 1UL << (int)(key % WordBits);
}
