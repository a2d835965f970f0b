using Hutch.Model.Streams;

namespace Hutch.Detectors.Cbf;

/// <summary>
/// Unpacks a file of bzip2, block after block, also several streams in one file, as parallel packers write them. There is no specification;
/// the format is that of bzip2 1.0 (J. Seward), as its manual and J. Tsai's "BZIP2: Format Specification" (2016) describe it.
/// </summary>
internal sealed class Bzip2Stream(Stream source) : ForwardStream
{
    private const ulong BlockMagic = 0x314159265359;
    private const ulong EndMagic = 0x177245385090;
    private const int BlockUnit = 100_000;
    private const int MaxGroups = 6;
    private const int SymbolsOfGroup = 50;
    private const int MaxCodeBits = 20;
    private const int RunBytes = 4;

    private static readonly uint[] CrcTable = MakeCrcTable();

    private readonly Bzip2Bits _bits = new(source);
    private int[] _links = [];
    private byte[] _block = [];
    private int _length;
    private int _at;
    private bool _isStarted;
    private bool _isOver;

    /// <exception cref="InvalidDataException">The file is damaged, or ends early.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_at == _length && !_isOver)
        {
            ReadBlock();
        }

        int taken = Math.Min(buffer.Length, _length - _at);
        _block.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Read(buffer.Span));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadBlock()
    {
        if (!_isStarted)
        {
            StartStream();
        }

        ulong magic = ((ulong)_bits.Take(24) << 24) | _bits.Take(24);
        uint crc = (_bits.Take(16) << 16) | _bits.Take(16);
        if (magic == EndMagic)
        {
            // Its checksum is made of those of the blocks, which have all been checked.
            _bits.Align();
            (_isStarted, _isOver) = (false, _bits.IsOver);
            return;
        }

        if (magic != BlockMagic || _bits.Take(1) != 0)
        {
            throw Damaged();
        }

        int origin = (int)_bits.Take(24);
        int packed = ReadSymbols();
        if (origin >= packed && packed > 0)
        {
            throw Damaged();
        }

        Expand(packed, origin);
        if (CrcOf(_block.AsSpan(0, _length)) != crc)
        {
            throw Damaged();
        }
    }

    private void StartStream()
    {
        if (_bits.Take(24) != 0x425A68 || _bits.Take(8) is not (>= '1' and <= '9' and { } level))
        {
            throw Damaged();
        }

        int largest = (int)(level - '0') * BlockUnit;
        if (_links.Length < largest)
        {
            _links = new int[largest];
        }

        _isStarted = true;
    }

    /// <summary>Undoes the Huffman codes and the move to the front: the last column of the sorted rotations, one byte a link.</summary>
    private int ReadSymbols()
    {
        byte[] alphabet = ReadAlphabet();
        (Bzip2Code[] codes, byte[] selectors) = ReadCodes(alphabet.Length + 2);
        int end = alphabet.Length + 1;
        int length = 0, group = -1, left = 0;
        for (long run = 0, weight = 1; ;)
        {
            if (left-- == 0)
            {
                left = SymbolsOfGroup - 1;
                if (++group == selectors.Length)
                {
                    throw Damaged();
                }
            }

            int symbol = codes[selectors[group]].Take(_bits);
            if (symbol <= 1)
            {
                // A run of the first byte, its length in digits 1 and 2.
                run += weight << symbol;
                weight = Math.Min(weight << 1, 1L << 32);
                continue;
            }

            if (run > _links.Length - length)
            {
                throw Damaged();
            }

            _links.AsSpan(length, (int)run).Fill(alphabet.Length > 0 ? alphabet[0] : 0);
            (length, run, weight) = (length + (int)run, 0, 1);
            if (symbol == end)
            {
                return length;
            }

            int position = symbol - 1;
            byte value = alphabet[position];
            alphabet.AsSpan(0, position).CopyTo(alphabet.AsSpan(1));
            alphabet[0] = value;
            if (length == _links.Length)
            {
                throw Damaged();
            }

            _links[length++] = value;
        }
    }

    private byte[] ReadAlphabet()
    {
        uint ranges = _bits.Take(16);
        var used = new List<byte>(256);
        for (int range = 0; range < 16; range++)
        {
            uint values = (ranges >> (15 - range) & 1) != 0 ? _bits.Take(16) : 0;
            for (int i = 0; i < 16; i++)
            {
                if ((values >> (15 - i) & 1) != 0)
                {
                    used.Add((byte)((range * 16) + i));
                }
            }
        }

        return [.. used];
    }

    private (Bzip2Code[] Codes, byte[] Selectors) ReadCodes(int symbols)
    {
        int groups = (int)_bits.Take(3);
        byte[] selectors = new byte[_bits.Take(15)];
        if (groups is < 2 or > MaxGroups || selectors.Length == 0 || symbols < 3)
        {
            throw Damaged();
        }

        byte[] recent = [0, 1, 2, 3, 4, 5];
        for (int i = 0; i < selectors.Length; i++)
        {
            int position = 0;
            while (_bits.Take(1) != 0)
            {
                if (++position >= groups)
                {
                    throw Damaged();
                }
            }

            byte value = recent[position];
            recent.AsSpan(0, position).CopyTo(recent.AsSpan(1));
            recent[0] = selectors[i] = value;
        }

        var codes = new Bzip2Code[groups];
        for (int group = 0; group < groups; group++)
        {
            byte[] lengths = new byte[symbols];
            int bits = (int)_bits.Take(5);
            for (int symbol = 0; symbol < symbols; symbol++)
            {
                while (_bits.Take(1) != 0)
                {
                    bits += _bits.Take(1) == 0 ? 1 : -1;
                }

                lengths[symbol] = bits is >= 1 and <= MaxCodeBits ? (byte)bits : throw Damaged();
            }

            codes[group] = new Bzip2Code(lengths);
        }

        return (codes, selectors);
    }

    /// <summary>Undoes the sorting of the rotations and the runs of equal bytes.</summary>
    private void Expand(int packed, int origin)
    {
        int[] starts = new int[257];
        for (int i = 0; i < packed; i++)
        {
            starts[(_links[i] & 0xFF) + 1]++;
        }

        for (int value = 0; value < 256; value++)
        {
            starts[value + 1] += starts[value];
        }

        for (int i = 0; i < packed; i++)
        {
            _links[starts[_links[i] & 0xFF]++] |= i << 8;
        }

        (_at, _length) = (0, 0);
        int same = 0, last = -1;
        for (int i = 0, at = packed == 0 ? 0 : _links[origin] >> 8; i < packed; i++)
        {
            byte value = (byte)_links[at];
            at = _links[at] >> 8;
            if (same == RunBytes)
            {
                Append((byte)last, value);
                (same, last) = (0, -1);
                continue;
            }

            same = value == last ? same + 1 : 1;
            last = value;
            Append(value, 1);
        }
    }

    private void Append(byte value, int count)
    {
        if (_block.Length < _length + count)
        {
            Array.Resize(ref _block, Math.Max(_block.Length * 2, Math.Max(BlockUnit, _length + count)));
        }

        _block.AsSpan(_length, count).Fill(value);
        _length += count;
    }

    private static uint CrcOf(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = (crc << 8) ^ CrcTable[(crc >> 24) ^ value];
        }

        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc << 1) ^ (crc >> 31 != 0 ? 0x04C11DB7u : 0);
            }

            table[i] = crc;
        }

        return table;
    }

    internal static InvalidDataException Damaged() => new("the packed file is damaged, or ends early");
}

/// <summary>The bits of a file, the highest of each byte first.</summary>
internal sealed class Bzip2Bits(Stream source)
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _at;
    private int _length;
    private ulong _bits;
    private int _count;

    /// <summary>True if no byte follows.</summary>
    public bool IsOver => _count == 0 && !Fill();

    /// <param name="count">At most 24.</param>
    public uint Take(int count)
    {
        while (_count < count)
        {
            if (!Fill())
            {
                throw Bzip2Stream.Damaged();
            }
        }

        _count -= count;
        return (uint)(_bits >> _count) & ((1u << count) - 1);
    }

    /// <summary>Skips to the next whole byte.</summary>
    public void Align() => _count -= _count % 8;

    private bool Fill()
    {
        if (_at == _length)
        {
            (_at, _length) = (0, source.Read(_buffer));
            if (_length == 0)
            {
                return false;
            }
        }

        _bits = (_bits << 8) | _buffer[_at++];
        _count += 8;
        return true;
    }
}

/// <summary>A Huffman code, by the lengths of its words.</summary>
internal sealed class Bzip2Code
{
    private const int MaxBits = 20;

    private readonly int[] _limits = new int[MaxBits + 1];
    private readonly int[] _offsets = new int[MaxBits + 1];
    private readonly int[] _symbols;

    public Bzip2Code(byte[] lengths)
    {
        _symbols = [.. Enumerable.Range(0, lengths.Length).OrderBy(symbol => lengths[symbol])];
        int code = 0, before = 0;
        for (int bits = 1; bits <= MaxBits; bits++)
        {
            int count = lengths.Count(length => length == bits);
            (_offsets[bits], code, before) = (before - code, code + count, before + count);
            _limits[bits] = code;
            code <<= 1;
        }
    }

    public int Take(Bzip2Bits bits)
    {
        int code = 0;
        for (int length = 1; length <= MaxBits; length++)
        {
            code = (code << 1) | (int)bits.Take(1);
            if (code < _limits[length])
            {
                return _offsets[length] + code is >= 0 and var index && index < _symbols.Length
                    ? _symbols[index]
                    : throw Bzip2Stream.Damaged();
            }
        }

        throw Bzip2Stream.Damaged();
    }
}
