using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Hutch.Api.Tar;

/// <summary>Writes tar streams (ustar; pax headers only where a name or size does not fit) into a pipe. Flushing is the caller's.</summary>
internal static class TarWriter
{
    /// <summary>Zeros that end a stream.</summary>
    public const int EndBytes = 2 * TarHeader.BlockBytes;

    private const int NameBytes = 100;
    private const long MaxUstarSize = (1L << 33) - 1;

    /// <summary>Bytes that a member of this size takes when its name fits into a plain header.</summary>
    public static long MemberBytes(long size) => TarHeader.BlockBytes + size + TarHeader.PaddingAfter(size);

    /// <summary>Writes the headers of a member: a pax header too when the name, target or size needs one.</summary>
    public static void WriteHeader(PipeWriter output, TarEntry entry)
    {
        byte[] name = Encoding.UTF8.GetBytes(entry.Name);
        byte[] target = Encoding.UTF8.GetBytes(entry.Target ?? "");
        var records = new ArrayBufferWriter<byte>();
        AddRecord(records, "path", name, name.Length > NameBytes || !Ascii.IsValid(name));
        AddRecord(records, "linkpath", target, target.Length > NameBytes || !Ascii.IsValid(target));
        AddRecord(records, "size", Encoding.ASCII.GetBytes(entry.Size.ToString(CultureInfo.InvariantCulture)), entry.Size > MaxUstarSize);
        if (records.WrittenCount > 0)
        {
            WriteBlock(output, "PaxHeader"u8, default, records.WrittenCount, 'x', new TarEntry("", 0));
            output.Write(records.WrittenSpan);
            WriteZeros(output, TarHeader.PaddingAfter(records.WrittenCount));
        }

        WriteBlock(output, Cut(name), Cut(target), Math.Min(entry.Size, MaxUstarSize), entry.Type, entry);
    }

    /// <summary>Writes what fills the last block of a member.</summary>
    public static void WritePadding(PipeWriter output, long size) => WriteZeros(output, TarHeader.PaddingAfter(size));

    /// <summary>Writes the end mark.</summary>
    public static void WriteEnd(PipeWriter output) => WriteZeros(output, EndBytes);

    private static void WriteBlock(PipeWriter output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, long size, char type, TarEntry entry)
    {
        Span<byte> block = output.GetSpan(TarHeader.BlockBytes)[..TarHeader.BlockBytes];
        block.Clear();
        name.CopyTo(block);
        WriteOctal(block.Slice(100, 7), entry.Executable ? 0x1ED : type == '5' ? 0x1ED : 0x1A4);
        WriteOctal(block.Slice(108, 7), 0);
        WriteOctal(block.Slice(116, 7), 0);
        WriteOctal(block.Slice(124, 11), size);
        WriteOctal(block.Slice(136, 11), Math.Clamp(entry.ModifiedSeconds, 0, MaxUstarSize));
        block[156] = (byte)type;
        target.CopyTo(block[157..]);
        "ustar\000"u8.CopyTo(block[257..]);
        WriteOctal(block.Slice(148, 6), TarHeader.Checksum(block));
        block[155] = (byte)' ';
        output.Advance(TarHeader.BlockBytes);
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text) => text[..Math.Min(text.Length, NameBytes)];

    // "LENGTH KEY=VALUE\n": the length counts its own digits.
    private static void AddRecord(ArrayBufferWriter<byte> records, string key, ReadOnlySpan<byte> value, bool needed)
    {
        if (!needed)
        {
            return;
        }

        int rest = key.Length + value.Length + 3;
        int length = rest + 1;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        records.Write(Encoding.ASCII.GetBytes($"{length.ToString(CultureInfo.InvariantCulture)} {key}="));
        records.Write(value);
        records.Write("\n"u8);
    }

    private static void WriteZeros(PipeWriter output, int count)
    {
        if (count > 0)
        {
            output.GetSpan(count)[..count].Clear();
            output.Advance(count);
        }
    }

    private static void WriteOctal(Span<byte> field, long value)
    {
        for (int i = field.Length - 1; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }
}
