using System.Buffers.Binary;

namespace Hutch.DataLad.Packs;

internal enum InflateEnd
{
    /// <summary>All of it is there, and is as long as it was said to be.</summary>
    Done,

    /// <summary>The input ends in the middle of the stream.</summary>
    NeedsMore,

    /// <summary>It is not a zlib stream, or not one of the length that was said.</summary>
    Broken,
}

/// <summary>
/// Unpacks zlib streams (RFC 1950, RFC 1951) of a known length, and returns the end of each. The library's streams read ahead, and so hide
/// the beginning of the next object of a pack. A stream may come in parts, which it continues at the last block that was whole: memory is
/// bounded by one block, however many blocks a compressor makes. For one thread.
/// </summary>
internal sealed class Inflater
{
    private const int MaxLiteralCodes = 288;
    private const int MaxDistanceCodes = 32;
    private const int EndOfBlock = 256;
    private const int HeadBytes = 2;
    private const int ChecksumBytes = 4;

    /// <summary>The head of a block, the lengths of all codes of 14 bits each, and the end of the block, rounded up.</summary>
    private const int MaxTableBytes = 600;

    private static readonly HuffmanTable FixedLiterals = new();
    private static readonly HuffmanTable FixedDistances = new();

    private readonly HuffmanTable _literals = new();
    private readonly HuffmanTable _distances = new();
    private readonly HuffmanTable _lengths = new();
    private readonly byte[] _codeLengths = new byte[MaxLiteralCodes + MaxDistanceCodes];
    private bool _hasHead;
    private int _bitsOfLastByte;

    static Inflater()
    {
        Span<byte> lengths = stackalloc byte[MaxLiteralCodes];
        lengths.Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        FixedLiterals.TryBuild(lengths);
        lengths[..MaxDistanceCodes].Fill(5);
        FixedDistances.TryBuild(lengths[..MaxDistanceCodes]);
    }

    /// <summary>The bytes of the content in whole blocks that were read.</summary>
    public int Written { get; private set; }

    private static ReadOnlySpan<byte> LengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private static ReadOnlySpan<ushort> LengthBase =>
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static ReadOnlySpan<byte> LengthExtra =>
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static ReadOnlySpan<ushort> DistanceBase =>
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
        16385, 24577,
    ];

    private static ReadOnlySpan<byte> DistanceExtra =>
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    /// <summary>Begins a stream.</summary>
    public void Begin()
    {
        _hasHead = false;
        Written = 0;
        _bitsOfLastByte = 0;
    }

    /// <summary>
    /// The most bytes of input that end a block with so many bytes of content, by the format alone: a code has at most 15 bits, and a
    /// repetition of 3 bytes at most 48. The head of the stream, tables of codes, and the checksum follow.
    /// </summary>
    public static long MaxBlockBytes(long content) => (2 * content) + MaxTableBytes + HeadBytes + ChecksumBytes;

    /// <summary>Unpacks from where the last call ended.</summary>
    /// <param name="output">Exactly as long as the announced content of the whole stream.</param>
    /// <param name="consumed">Bytes that are done with: all of the stream, or those before the first block that needs more.</param>
    public InflateEnd Inflate(ReadOnlySpan<byte> input, Span<byte> output, out int consumed)
    {
        consumed = 0;
        if (!_hasHead && input.Length < HeadBytes)
        {
            return InflateEnd.NeedsMore;
        }

        if (!_hasHead)
        {
            if ((input[0] & 0x0F) != 8 || BinaryPrimitives.ReadUInt16BigEndian(input) % 31 != 0 || (input[1] & 0x20) != 0)
            {
                return InflateEnd.Broken;
            }

            _hasHead = true;
            consumed = HeadBytes;
        }

        var bits = new BitReader(input);
        bits.Take((8 * consumed) + _bitsOfLastByte);
        int at = Written;
        while (true)
        {
            InflateEnd end = ReadBlock(ref bits, output, ref at, out bool isLast);
            if (bits.IsOver)
            {
                return InflateEnd.NeedsMore;
            }

            if (end != InflateEnd.Done)
            {
                return end;
            }

            if (isLast)
            {
                return Finish(input, output, at, bits.Used, ref consumed);
            }

            (Written, consumed, _bitsOfLastByte) = (at, (int)(bits.BitsUsed / 8), (int)(bits.BitsUsed % 8));
        }
    }

    private InflateEnd ReadBlock(ref BitReader bits, Span<byte> output, ref int at, out bool isLast)
    {
        isLast = bits.Take(1) == 1;
        return bits.Take(2) switch
        {
            0 => CopyStored(ref bits, output, ref at),
            1 => Decode(ref bits, FixedLiterals, FixedDistances, output, ref at),
            2 => ReadTables(ref bits) ? Decode(ref bits, _literals, _distances, output, ref at) : InflateEnd.Broken,
            _ => InflateEnd.Broken,
        };
    }

    private static InflateEnd Finish(ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, int written, int used, ref int consumed)
    {
        if (written != output.Length)
        {
            return InflateEnd.Broken;
        }

        if (input.Length - used < ChecksumBytes)
        {
            return InflateEnd.NeedsMore;
        }

        consumed = used + ChecksumBytes;
        return BinaryPrimitives.ReadUInt32BigEndian(input[used..]) == Adler32.Compute(output) ? InflateEnd.Done : InflateEnd.Broken;
    }

    private static InflateEnd CopyStored(ref BitReader bits, Span<byte> output, ref int at)
    {
        bits.Align();
        int length = (int)bits.Take(16);
        int inverse = (int)bits.Take(16);
        if (bits.IsOver)
        {
            return InflateEnd.NeedsMore;
        }

        if ((length ^ inverse) != 0xFFFF || length > output.Length - at)
        {
            return InflateEnd.Broken;
        }

        bits.Copy(output.Slice(at, length));
        at += length;
        return InflateEnd.Done;
    }

    private static InflateEnd Decode(ref BitReader bits, HuffmanTable literals, HuffmanTable distances, Span<byte> output, ref int at)
    {
        while (true)
        {
            int symbol = literals.Read(ref bits);
            if (symbol == EndOfBlock)
            {
                return InflateEnd.Done;
            }

            if (symbol < 0 || bits.IsOver)
            {
                return InflateEnd.Broken;
            }

            if (symbol < EndOfBlock)
            {
                if (at == output.Length)
                {
                    return InflateEnd.Broken;
                }

                output[at++] = (byte)symbol;
                continue;
            }

            if (!Repeat(ref bits, symbol - EndOfBlock - 1, distances, output, ref at))
            {
                return InflateEnd.Broken;
            }
        }
    }

    private static bool Repeat(ref BitReader bits, int code, HuffmanTable distances, Span<byte> output, ref int at)
    {
        if (code >= LengthBase.Length)
        {
            return false;
        }

        int length = LengthBase[code] + (int)bits.Take(LengthExtra[code]);
        int far = distances.Read(ref bits);
        if (far < 0 || far >= DistanceBase.Length)
        {
            return false;
        }

        int distance = DistanceBase[far] + (int)bits.Take(DistanceExtra[far]);
        if (distance > at || length > output.Length - at)
        {
            return false;
        }

        if (distance >= length)
        {
            output.Slice(at - distance, length).CopyTo(output[at..]);
        }
        else
        {
            for (int i = 0; i < length; i++)
            {
                output[at + i] = output[at + i - distance];
            }
        }

        at += length;
        return true;
    }

    private bool ReadTables(ref BitReader bits)
    {
        int literals = (int)bits.Take(5) + 257;
        int distances = (int)bits.Take(5) + 1;
        int lengths = (int)bits.Take(4) + 4;
        Span<byte> order = stackalloc byte[19];
        order.Clear();
        for (int i = 0; i < lengths; i++)
        {
            order[LengthOrder[i]] = (byte)bits.Take(3);
        }

        if (literals > MaxLiteralCodes || !_lengths.TryBuild(order))
        {
            return false;
        }

        Span<byte> all = _codeLengths.AsSpan(0, literals + distances);
        for (int at = 0; at < all.Length;)
        {
            int symbol = _lengths.Read(ref bits);
            if (symbol is >= 0 and < 16)
            {
                all[at++] = (byte)symbol;
                continue;
            }

            (byte value, int count) = symbol switch
            {
                16 when at > 0 => (all[at - 1], 3 + (int)bits.Take(2)),
                17 => ((byte)0, 3 + (int)bits.Take(3)),
                18 => ((byte)0, 11 + (int)bits.Take(7)),
                _ => ((byte)0, 0),
            };
            if (count == 0 || count > all.Length - at || bits.IsOver)
            {
                return false;
            }

            all.Slice(at, count).Fill(value);
            at += count;
        }

        return all[EndOfBlock] != 0 && _literals.TryBuild(all[..literals]) && _distances.TryBuild(all[literals..]);
    }
}
