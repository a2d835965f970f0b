namespace Hutch.DataLad.Packs;

/// <summary>A prefix code of deflate (RFC 1951, 3.2.2), looked up by as many bits as its longest word has.</summary>
internal sealed class HuffmanTable
{
    private const int MaxBits = 15;
    private const int LengthBits = 4;

    private readonly ushort[] _entries = new ushort[1 << MaxBits];
    private int _bits;

    /// <summary>Makes the code from the lengths of its words; false when they are those of no code.</summary>
    public bool TryBuild(ReadOnlySpan<byte> lengths)
    {
        Span<int> counts = stackalloc int[MaxBits + 1];
        Span<int> next = stackalloc int[MaxBits + 1];
        counts.Clear();
        int used = 0;
        foreach (byte length in lengths)
        {
            counts[length]++;
            used = Math.Max(used, length);
        }

        counts[0] = 0;
        int left = 1;
        int code = 0;
        for (int length = 1; length <= MaxBits; length++)
        {
            left = (left << 1) - counts[length];
            code = (code + counts[length - 1]) << 1;
            next[length] = code;
            if (left < 0)
            {
                return false;
            }
        }

        // Codes without a symbol stay zero, and are refused when they occur.
        _bits = Math.Max(1, used);
        _entries.AsSpan(0, 1 << _bits).Clear();
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] is > 0 and byte length)
            {
                int step = 1 << length;
                for (int i = Reverse(next[length]++, length); i < 1 << _bits; i += step)
                {
                    _entries[i] = (ushort)((symbol << LengthBits) | length);
                }
            }
        }

        return true;
    }

    /// <summary>The next symbol; -1 for bits without one.</summary>
    public int Read(ref BitReader bits)
    {
        int entry = _entries[bits.Peek(_bits)];
        int length = entry & ((1 << LengthBits) - 1);
        bits.Skip(length);
        return length == 0 ? -1 : entry >> LengthBits;
    }

    private static int Reverse(int code, int length)
    {
        int reversed = 0;
        for (int i = 0; i < length; i++)
        {
            reversed = (reversed << 1) | ((code >> i) & 1);
        }

        return reversed;
    }
}
