using System.Buffers;
using System.IO.Pipelines;

namespace Hutch.Model.Tar;

/// <summary>Writes tar streams (ustar, and pax headers where a name, size or time does not fit) into a pipe. The caller flushes.</summary>
public static class TarWriter
{
    private const int ZerosBytes = 64 << 10;

    /// <summary>Writes the headers of a member, including a pax header if the name, target, size or time needs one.</summary>
    public static void WriteHeader(IBufferWriter<byte> output, TarEntry entry)
    {
        byte[] name = Encoding.UTF8.GetBytes(entry.Name);
        byte[] target = Encoding.UTF8.GetBytes(entry.Target ?? "");
        var records = new ArrayBufferWriter<byte>();
        AddRecord(records, "path", name, name.Length > UstarHeader.MaxNameBytes || !Ascii.IsValid(name));
        AddRecord(records, "linkpath", target, target.Length > UstarHeader.MaxNameBytes || !Ascii.IsValid(target));
        byte[] size = Encoding.ASCII.GetBytes(entry.Size.ToString(CultureInfo.InvariantCulture));
        AddRecord(records, "size", size, entry.Size > UstarHeader.MaxLength);
        byte[] time = Encoding.ASCII.GetBytes(entry.ModifiedSeconds.ToString(CultureInfo.InvariantCulture));
        AddRecord(records, "mtime", time, entry.ModifiedSeconds is < 0 or > UstarHeader.MaxLength);
        if (records.WrittenCount > 0)
        {
            WriteBlock(output, new UstarHeader { Name = "PaxHeader"u8, Length = records.WrittenCount, Type = (byte)'x' });
            output.Write(records.WrittenSpan);
            WriteZeros(output, UstarHeader.PaddingAfter(records.WrittenCount));
        }

        WriteBlock(output, new UstarHeader
        {
            Name = Cut(name),
            LinkName = Cut(target),
            UserName = Encoding.ASCII.GetBytes(entry.Owner ?? ""),
            Length = Math.Min(entry.Size, UstarHeader.MaxLength),
            Mode = entry.Mode,
            ModifiedSeconds = Math.Clamp(entry.ModifiedSeconds, 0, UstarHeader.MaxLength),
            Type = (byte)entry.Type,
        });
    }

    /// <summary>The headers of a member on their own, for a member that is written only if its bytes can be read.</summary>
    public static ReadOnlyMemory<byte> Header(TarEntry entry)
    {
        var header = new ArrayBufferWriter<byte>(UstarHeader.BlockBytes);
        WriteHeader(header, entry);
        return header.WrittenMemory;
    }

    public static void WritePadding(PipeWriter output, long size) => WriteZeros(output, UstarHeader.PaddingAfter(size));

    /// <summary>Writes zeros instead of unreadable bytes, flushing at intervals.</summary>
    public static async Task WriteZerosAsync(PipeWriter output, long count, CancellationToken ct)
    {
        byte[] zeros = new byte[Math.Min(count, ZerosBytes)];
        for (; count > 0; count -= zeros.Length)
        {
            await output.WriteAsync(zeros.AsMemory(0, (int)Math.Min(count, zeros.Length)), ct);
        }
    }

    public static void WriteEnd(PipeWriter output) => WriteZeros(output, UstarHeader.EndBytes);

    private static void WriteBlock(IBufferWriter<byte> output, UstarHeader header)
    {
        header.Write(output.GetSpan(UstarHeader.BlockBytes));
        output.Advance(UstarHeader.BlockBytes);
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text) => text[..Math.Min(text.Length, UstarHeader.MaxNameBytes)];

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

    private static void WriteZeros(IBufferWriter<byte> output, int count)
    {
        if (count > 0)
        {
            output.GetSpan(count)[..count].Clear();
            output.Advance(count);
        }
    }
}
