namespace Hutch.Catalog.Search;

/// <summary>A set of dataset keys, one bit each: keys count from 1, with few gaps.</summary>
/// <param name="end">The key below which all keys must be.</param>
internal sealed class KeySet(long end)
{
    private const int WordBits = 64;

    private readonly ulong[] _words = new ulong[(end / WordBits) + 1];

    public bool Contains(long key) => (_words[key / WordBits] & Bit(key)) != 0;

    public void Add(long key)
    {
        if (key < end)
        {
            _words[key / WordBits] |= Bit(key);
        }
    }

    /// <summary>Returns the keys, the greatest first.</summary>
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
