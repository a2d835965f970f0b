using System.IO.Compression;
using System.Numerics;
using ZstdSharp;

namespace Hutch.Formats.Tiff;

/// <summary>Unpacks pieces: TIFF 6.0, sections 9 (PackBits), 13 (LZW) and 14 (differences); Deflate of the first supplement.</summary>
internal static class TiffUnpacking
{
    private const int ClearCode = 256;
    private const int EndCode = 257;
    private const int FirstCode = 258;
    private const int MaxCodes = 4096;
    private const int ShortestCode = 9;
    private const int LongestCode = 12;

    /// <summary>Unpacks as much as there is room for, and returns how much that is: writers leave out the end of the last strip.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static int Unpack(TiffCompression compression, byte[] packed, Span<byte> pixels) => compression switch
    {
        TiffCompression.Lzw => Lzw(packed, pixels),
        TiffCompression.Deflate => Deflate(packed, pixels),
        TiffCompression.Zstandard => Zstandard(packed, pixels),
        TiffCompression.PackBits => PackBits(packed, pixels),
        _ => Copy(packed, pixels),
    };

    /// <summary>Adds up the differences in rows of numbers.</summary>
    public static void AddUp(Span<byte> pixels, int rowBytes, int samples, int itemBytes, bool isBigEndian)
    {
        for (int row = 0; row + rowBytes <= pixels.Length; row += rowBytes)
        {
            Span<byte> numbers = pixels.Slice(row, rowBytes);
            switch (itemBytes)
            {
                case 1:
                    AddUp<byte>(numbers, samples, isBigEndian);
                    break;
                case 2:
                    AddUp<ushort>(numbers, samples, isBigEndian);
                    break;
                case 4:
                    AddUp<uint>(numbers, samples, isBigEndian);
                    break;
                default:
                    AddUp<ulong>(numbers, samples, isBigEndian);
                    break;
            }
        }
    }

    /// <summary>
    /// Puts floats together: a row has their most significant bytes, then the next ones and so on, each as the difference from the byte of
    /// the pixel to the left. Format: "Adobe Photoshop TIFF Technical Note 3".
    /// </summary>
    public static void JoinFloats(Span<byte> pixels, int rowBytes, int samples, int itemBytes, bool isBigEndian)
    {
        byte[] sorted = new byte[rowBytes];
        int count = rowBytes / itemBytes;
        for (int row = 0; row + rowBytes <= pixels.Length; row += rowBytes)
        {
            Span<byte> numbers = pixels.Slice(row, rowBytes);
            AddUp<byte>(numbers, samples, isBigEndian);
            numbers.CopyTo(sorted);
            for (int i = 0; i < rowBytes; i++)
            {
                (int significance, int number) = (i / count, i % count);
                int position = isBigEndian ? significance : itemBytes - 1 - significance;
                numbers[(number * itemBytes) + position] = sorted[i];
            }
        }
    }

    /// <summary>Reverses the bits of each byte.</summary>
    public static void Reverse(Span<byte> packed)
    {
        foreach (ref byte each in packed)
        {
            // A nibble, a pair and a bit at a time.
            int bits = ((each & 0x0F) << 4) | (each >> 4);
            bits = ((bits & 0x33) << 2) | ((bits >> 2) & 0x33);
            each = (byte)(((bits & 0x55) << 1) | ((bits >> 1) & 0x55));
        }
    }

    private static void AddUp<T>(Span<byte> row, int samples, bool isBigEndian)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        int bytes = T.Zero.GetByteCount();
        for (int at = samples * bytes; at < row.Length; at += bytes)
        {
            Span<byte> number = row.Slice(at, bytes);
            ReadOnlySpan<byte> left = row.Slice(at - (samples * bytes), bytes);
            if (isBigEndian)
            {
                T sum = unchecked(T.ReadBigEndian(number, isUnsigned: true) + T.ReadBigEndian(left, isUnsigned: true));
                sum.WriteBigEndian(number);
            }
            else
            {
                T sum = unchecked(T.ReadLittleEndian(number, isUnsigned: true) + T.ReadLittleEndian(left, isUnsigned: true));
                sum.WriteLittleEndian(number);
            }
        }
    }

    private static int Copy(ReadOnlySpan<byte> packed, Span<byte> pixels)
    {
        int length = Math.Min(packed.Length, pixels.Length);
        packed[..length].CopyTo(pixels);
        return length;
    }

    private static int Deflate(byte[] packed, Span<byte> pixels)
    {
        try
        {
            using var stream = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            return stream.ReadAtLeast(pixels, pixels.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException("its Deflate stream is damaged", e); // .NET's own words are about archives
        }
    }

    private static int Zstandard(byte[] packed, Span<byte> pixels)
    {
        try
        {
            using var stream = new DecompressionStream(new MemoryStream(packed));
            return stream.ReadAtLeast(pixels, pixels.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            throw new InvalidDataException("its Zstandard frames are damaged", e);
        }
    }

    private static int PackBits(ReadOnlySpan<byte> packed, Span<byte> pixels)
    {
        int filled = 0;
        for (int at = 0; at < packed.Length && filled < pixels.Length;)
        {
            int head = (sbyte)packed[at++];
            if (head == sbyte.MinValue)
            {
                continue;
            }

            int length = Math.Min(Math.Abs(head) + 1, pixels.Length - filled);
            int used = head < 0 ? 1 : length;
            if (used > packed.Length - at)
            {
                throw new InvalidDataException("a run ends past its strip");
            }

            if (head < 0)
            {
                pixels.Slice(filled, length).Fill(packed[at]);
            }
            else
            {
                packed.Slice(at, length).CopyTo(pixels[filled..]);
            }

            at += used;
            filled += length;
        }

        return filled;
    }

    /// <summary>
    /// Unpacks LZW. Each code refers to a text that was written before, by its start in the pixels and its length. So the table has no
    /// texts of its own.
    /// </summary>
    private static int Lzw(ReadOnlySpan<byte> packed, Span<byte> pixels)
    {
        Span<int> starts = stackalloc int[MaxCodes];
        Span<int> lengths = stackalloc int[MaxCodes];
        (int next, int width, int filled, int last, long bitAt) = (FirstCode, ShortestCode, 0, -1, 0);
        (int lastStart, int lastLength) = (0, 0);
        while (filled < pixels.Length && bitAt + width <= packed.Length * 8L)
        {
            int code = Code(packed, bitAt, width);
            bitAt += width;
            if (code == EndCode)
            {
                break;
            }

            if (code == ClearCode)
            {
                (next, width, last) = (FirstCode, ShortestCode, -1);
                continue;
            }

            int start = filled;
            if (code < ClearCode)
            {
                pixels[filled++] = (byte)code;
            }
            else if (last >= 0 && code <= next)
            {
                // The code that is defined by this very text is the last text and its first byte.
                (int from, int length) = code < next ? (starts[code], lengths[code]) : (lastStart, lastLength + 1);
                for (int i = 0; i < length && filled < pixels.Length; i++)
                {
                    pixels[filled++] = pixels[from + i];
                }
            }
            else
            {
                throw new InvalidDataException("a code in it stands for nothing");
            }

            if (last >= 0 && next < MaxCodes)
            {
                (starts[next], lengths[next]) = (lastStart, lastLength + 1);
                next++;
            }

            (last, lastStart, lastLength) = (code, start, filled - start);

            // Writers change the width one code early.
            width = next + 1 >= 1 << width && width < LongestCode ? width + 1 : width;
        }

        return filled;
    }

    private static int Code(ReadOnlySpan<byte> packed, long bitAt, int width)
    {
        int at = (int)(bitAt >> 3);
        uint bits = (uint)packed[at] << 24;
        bits |= at + 1 < packed.Length ? (uint)packed[at + 1] << 16 : 0;
        bits |= at + 2 < packed.Length ? (uint)packed[at + 2] << 8 : 0;
        return (int)(bits << (int)(bitAt & 7) >> (32 - width));
    }
}
