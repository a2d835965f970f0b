using System.Buffers;

namespace Hutch.DataLad.Wire;

/// <summary>Writes packet lines (gitprotocol-common).</summary>
internal static class PktLines
{
    /// <summary>The most bytes of one line, with the four digits of its length.</summary>
    public const int MaxLineBytes = 65520;

    /// <summary>The most bytes of content in one line of a side band.</summary>
    public const int MaxBandBytes = MaxLineBytes - PktReader.LengthDigits - 1;

    /// <summary>The bands of a pack: its bytes, messages for the user, the reason of an early end.</summary>
    public const byte PackBand = 1;

    public const byte ProgressBand = 2;

    public const byte ErrorBand = 3;

    /// <summary>Writes a text, with a line feed behind.</summary>
    public static void Text(IBufferWriter<byte> output, string text)
    {
        byte[] content = Encoding.UTF8.GetBytes(text + "\n");
        WriteLength(output, content.Length);
        output.Write(content);
    }

    public static void Error(IBufferWriter<byte> output, string words) => Text(output, "ERR " + words);

    public static void Flush(IBufferWriter<byte> output) => output.Write("0000"u8);

    public static void Delimiter(IBufferWriter<byte> output) => output.Write("0001"u8);

    /// <summary>Writes bytes on one band; at most <see cref="MaxBandBytes"/>.</summary>
    public static void Band(IBufferWriter<byte> output, byte band, ReadOnlySpan<byte> content)
    {
        WriteLength(output, content.Length + 1);
        output.Write([band]);
        output.Write(content);
    }

    private static void WriteLength(IBufferWriter<byte> output, int content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content + PktReader.LengthDigits, MaxLineBytes);
        Span<byte> digits = output.GetSpan(PktReader.LengthDigits);
        (content + PktReader.LengthDigits).TryFormat(digits, out int written, "x4", CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
