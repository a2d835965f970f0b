namespace Hutch.Analysis.Spots.Kernels;

/// <summary>One bit for each pixel of an image, in rows of 64-bit words; bits beyond a row's end may hold anything.</summary>
internal sealed class BitRows(int width, int height)
{
    private const int WordBits = 64;

    private readonly ulong[] _words = new ulong[((width + WordBits - 1) / WordBits) * height];

    public int RowWords { get; } = (width + WordBits - 1) / WordBits;

    public Span<ulong> Row(int y) => _words.AsSpan(y * RowWords, RowWords);

    public bool this[int x, int y] => ((_words[(y * RowWords) + (x / WordBits)] >> (x % WordBits)) & 1) != 0;

    /// <summary>Up to 32 bits of a row, from column x on.</summary>
    public uint Bits(int x, int y, int count)
    {
        int word = (y * RowWords) + (x / WordBits), shift = x % WordBits;
        ulong bits = _words[word] >> shift;
        if (shift + count > WordBits)
        {
            bits |= _words[word + 1] << (WordBits - shift);
        }

        return (uint)(bits & ((1UL << count) - 1));
    }
}
