using System.Text;
using Hutch.Model;

namespace Hutch.Api.Tar;

/// <summary>
/// The header of one member of a tar stream (POSIX.1-1988 ustar; pax of POSIX.1-2001): 512 bytes, as far as a stream of blobs needs it.
/// </summary>
internal readonly record struct TarHeader(TarMemberKind Kind, string Name, long Size)
{
    /// <summary>Bytes of a header, and the unit to which contents are padded.</summary>
    public const int BlockBytes = 512;

    private const int NameLength = 100;
    private const int SizeOffset = 124;
    private const int SizeLength = 12;
    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;
    private const int TypeOffset = 156;
    private const int PrefixOffset = 345;
    private const int PrefixLength = 155;

    /// <summary>Zeros after contents of this length.</summary>
    public static int PaddingAfter(long size) => (int)(-size & (BlockBytes - 1));

    /// <summary>Reads a header block.</summary>
    public static Result<TarHeader> Parse(ReadOnlySpan<byte> block)
    {
        if (block.IndexOfAnyExcept((byte)0) < 0)
        {
            return new TarHeader(TarMemberKind.End, "", 0);
        }

        if (!TryReadNumber(block.Slice(ChecksumOffset, ChecksumLength), out long sum) || sum != Checksum(block))
        {
            return Refuse("a header whose checksum is wrong");
        }

        if (!TryReadNumber(block.Slice(SizeOffset, SizeLength), out long size))
        {
            return Refuse("a header whose size is no number");
        }

        TarMemberKind? kind = (char)block[TypeOffset] switch
        {
            '0' or '\0' => TarMemberKind.File,
            'x' or 'g' => TarMemberKind.Extension,
            _ => null,
        };
        return kind is { } known
            ? new TarHeader(known, ReadName(block), size)
            : Refuse($"a member of type '{Printable(block[TypeOffset])}'; only files are taken");
    }

    /// <summary>The records of a pax extension that matter here: a longer name, a larger size.</summary>
    public static Result<(string? Path, long? Size)> ParseExtension(ReadOnlySpan<byte> records)
    {
        string? path = null;
        long? size = null;
        while (!records.IsEmpty)
        {
            // "LENGTH KEY=VALUE\n", the length counting all of it.
            int space = records.IndexOf((byte)' ');
            if (space <= 0 || !TryReadDecimal(records[..space], out long length) || length > records.Length || length <= space + 1 || records[(int)length - 1] != '\n')
            {
                return RefuseExtension();
            }

            ReadOnlySpan<byte> record = records[(space + 1)..((int)length - 1)];
            records = records[(int)length..];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                return RefuseExtension();
            }

            ReadOnlySpan<byte> value = record[(equals + 1)..];
            if (record[..equals].SequenceEqual("path"u8))
            {
                path = Encoding.UTF8.GetString(value);
            }
            else if (record[..equals].SequenceEqual("size"u8))
            {
                if (!TryReadDecimal(value, out long number))
                {
                    return RefuseExtension();
                }

                size = number;
            }
        }

        return (path, size);
    }

    /// <summary>The hash that a member is named by: <c>blobs/SHA-256</c>.</summary>
    public static Result<BlobHash> ParseBlobName(string name)
    {
        const string Prefix = "blobs/";
        return name.StartsWith(Prefix, StringComparison.Ordinal) && BlobHash.TryParse(name.AsSpan(Prefix.Length), out BlobHash hash)
            ? hash
            : Refuse($"a member called {Display.Quote(name)}; 'blobs/' and the SHA-256 of the file are needed");
    }

    // The checksum counts its own field as eight spaces.
    internal static long Checksum(ReadOnlySpan<byte> block)
    {
        long sum = ChecksumLength * ' ';
        for (int i = 0; i < BlockBytes; i++)
        {
            sum += i is >= ChecksumOffset and < ChecksumOffset + ChecksumLength ? 0 : block[i];
        }

        return sum;
    }

    private static string ReadName(ReadOnlySpan<byte> block)
    {
        string name = Text(block[..NameLength]);
        bool isUstar = block[257..].StartsWith("ustar\0"u8);
        string prefix = isUstar ? Text(block.Slice(PrefixOffset, PrefixLength)) : "";
        return prefix.Length == 0 ? name : prefix + "/" + name;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            return TryReadBinary(field, out value);
        }

        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        foreach (byte b in digits)
        {
            if (b is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << 3) | (long)(b - '0');
        }

        return !digits.IsEmpty;
    }

    // GNU's form for sizes of 8 GiB and more: the first bit set, then a big-endian number.
    private static bool TryReadBinary(ReadOnlySpan<byte> field, out long value)
    {
        value = field[0] & 0x7f;
        foreach (byte b in field[1..])
        {
            if (value > long.MaxValue >> 8)
            {
                return false;
            }

            value = (value << 8) | b;
        }

        return true;
    }

    private static bool TryReadDecimal(ReadOnlySpan<byte> text, out long value) =>
        System.Buffers.Text.Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && value >= 0;

    private static char Printable(byte value) => value is >= 0x20 and < 0x7f ? (char)value : '?';

    private static HutchError Refuse(string what) => ErrorCode.BadRequest.With($"The stream of files has {what}. The files before it were kept.");

    private static HutchError RefuseExtension() => Refuse("a pax header that cannot be read");
}
