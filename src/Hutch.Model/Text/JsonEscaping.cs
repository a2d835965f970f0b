using System.Buffers;

namespace Hutch.Model;

/// <summary>
/// Canonical escaping of strings, so that equal strings are equal bytes (RFC 8785, section 3.2.2.2): <c>"</c> and <c>\</c> by a backslash;
/// U+0008, 9, A, C, D as <c>\b \t \n \f \r</c>; other characters below U+0020 as <c>\u00hh</c> in lower case; nothing else.
/// </summary>
internal static class JsonEscaping
{
    private static readonly SearchValues<byte> EscapedBytes = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);
    private static readonly SearchValues<char> EscapedUnits = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (char)i), '"', '\\']);

    /// <summary>Returns true if a text has a character that must be escaped.</summary>
    public static bool NeedsEscape(ReadOnlySpan<char> text) => text.ContainsAny(EscapedUnits);

    /// <summary>The index of the first byte that must be escaped (or, in reading, that ends a run of plain bytes); -1 for none.</summary>
    public static int IndexOfEscaped(ReadOnlySpan<byte> utf8) => utf8.IndexOfAny(EscapedBytes);

    /// <summary>Writes the escape of one byte; returns its length.</summary>
    public static int WriteEscape(byte value, Span<byte> destination)
    {
        destination[0] = (byte)'\\';
        byte letter = ShortEscape(value);
        if (letter != 0)
        {
            destination[1] = letter;
            return 2;
        }

        "u00"u8.CopyTo(destination[1..]);
        destination[4] = (byte)('0' + (value >> 4));
        destination[5] = "0123456789abcdef"u8[value & 0xf];
        return 6;
    }

    /// <summary>Reads a canonical escape that starts with a backslash; false for any other form of escape.</summary>
    public static bool TryReadEscape(ReadOnlySpan<byte> text, out byte value, out int length)
    {
        value = 0;
        length = 0;
        if (text.Length < 2)
        {
            return false;
        }

        if (text[1] != 'u')
        {
            value = text[1] switch
            {
                (byte)'b' => 8,
                (byte)'t' => 9,
                (byte)'n' => 10,
                (byte)'f' => 12,
                (byte)'r' => 13,
                (byte)'"' or (byte)'\\' => text[1],
                _ => 0,
            };
            length = 2;
            return value != 0;
        }

        if (text.Length < 6)
        {
            return false;
        }

        int digit = "0123456789abcdef"u8.IndexOf(text[5]);
        value = (byte)(((text[4] - '0') << 4) | digit);
        length = 6;
        return text[2] == '0' && text[3] == '0' && text[4] is (byte)'0' or (byte)'1' && digit >= 0 && ShortEscape(value) == 0;
    }

    private static byte ShortEscape(byte value) => value switch
    {
        8 => (byte)'b',
        9 => (byte)'t',
        10 => (byte)'n',
        12 => (byte)'f',
        13 => (byte)'r',
        (byte)'"' or (byte)'\\' => value,
        _ => 0,
    };
}
