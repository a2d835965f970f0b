using System.Text;
using Hutch.Model;

namespace Hutch.Client.Tar;

/// <summary>
/// The header of a blob in a tar stream (POSIX.1-1988 ustar): member <c>blobs/SHA-256</c>, a regular file. 512 bytes; the contents follow,
/// padded with zeros to a multiple of 512; two blocks of zeros end the stream.
/// </summary>
internal static class UstarHeader
{
    internal const int Size = 512;

    /// <summary>Zeros that end a stream.</summary>
    internal const int EndSize = 1024;

    private const string Prefix = "blobs/";
    private const int SizeOffset = 124;
    private const int SizeLength = 12;
    private const int ChecksumOffset = 148;
    private const int TypeOffset = 156;
    private const int MagicOffset = 257;

    /// <summary>Zeros after contents of this length.</summary>
    internal static int PaddingAfter(long size) => (int)(-size & (Size - 1));

    /// <summary>Writes a header into 512 bytes.</summary>
    internal static void Write(Span<byte> header, BlobHash hash, long size)
    {
        header.Clear();
        Encoding.ASCII.GetBytes(Prefix + hash, header);
        "0000644\0"u8.CopyTo(header[100..]);
        "0000000\0"u8.CopyTo(header[108..]);
        "0000000\0"u8.CopyTo(header[116..]);
        WriteOctal(header.Slice(SizeOffset, SizeLength - 1), size);
        "00000000000\0"u8.CopyTo(header[136..]);
        header[TypeOffset] = (byte)'0';
        "ustar\000"u8.CopyTo(header[MagicOffset..]);
        WriteOctal(header.Slice(ChecksumOffset, 6), Checksum(header));
        header[ChecksumOffset + 7] = (byte)' ';
    }

    /// <summary>Whether a block is part of the end.</summary>
    internal static bool IsEnd(ReadOnlySpan<byte> header) => header.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>Reads the header of a blob; false for anything else.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> header, out BlobHash hash, out long size)
    {
        hash = default;
        size = 0;
        Span<char> digits = stackalloc char[BlobHash.TextLength];
        if (!header.StartsWith("blobs/"u8) || header[Prefix.Length + BlobHash.TextLength] != 0 || header[TypeOffset] is not ((byte)'0' or 0))
        {
            return false;
        }

        Encoding.Latin1.GetChars(header.Slice(Prefix.Length, BlobHash.TextLength), digits);
        return BlobHash.TryParse(digits, out hash)
            && TryReadOctal(header.Slice(ChecksumOffset, 8), out long sum) && sum == Checksum(header)
            && TryReadOctal(header.Slice(SizeOffset, SizeLength), out size);
    }

    // The checksum counts its own field as eight spaces.
    private static long Checksum(ReadOnlySpan<byte> header)
    {
        long sum = 8 * ' ';
        for (int i = 0; i < Size; i++)
        {
            sum += i is >= ChecksumOffset and < ChecksumOffset + 8 ? 0 : header[i];
        }

        return sum;
    }

    private static void WriteOctal(Span<byte> field, long value)
    {
        for (int i = field.Length - 1; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private static bool TryReadOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        foreach (byte b in field.Trim(" \0"u8))
        {
            if (b is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << 3) | (long)(b - '0');
        }

        return true;
    }
}
