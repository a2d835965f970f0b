using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace Hutch.Model.Signatures;

/// <summary>
/// Percent escapes as in S3: all characters except letters, digits and <c>-._~</c> are escaped, in upper-case hex of their UTF-8.
/// </summary>
public static class UriText
{
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <param name="keepSlash">True to leave slashes unescaped, as in paths; false for queries.</param>
    public static string Escape(string text, bool keepSlash)
    {
        if (!text.AsSpan().ContainsAnyExcept(Unreserved))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length * 2);
        Escape(escaped, text, keepSlash);
        return escaped.ToString();
    }

    /// <summary>Unescapes a text; false if the result is not UTF-8. A percent sign that begins no escape stays.</summary>
    /// <param name="plusIsSpace">True if a plus sign means a space, as in queries; false for paths.</param>
    public static bool TryUnescape(ReadOnlySpan<char> text, bool plusIsSpace, [NotNullWhen(true)] out string? result)
    {
        if (!text.Contains('%') && !(plusIsSpace && text.Contains('+')))
        {
            result = text.ToString();
            return true;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            int count = Unescape(text, plusIsSpace, bytes);
            bool isValid = Utf8.IsValid(bytes.AsSpan(0, count));
            result = isValid ? Encoding.UTF8.GetString(bytes, 0, count) : null;
            return isValid;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    internal static void Escape(StringBuilder escaped, string text, bool keepSlash)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && (Unreserved.Contains((char)rune.Value) || (keepSlash && rune.Value == '/')))
            {
                escaped.Append((char)rune.Value);
                continue;
            }

            int count = rune.EncodeToUtf8(utf8);
            for (int i = 0; i < count; i++)
            {
                escaped.Append('%').Append(utf8[i].ToString("X2", CultureInfo.InvariantCulture));
            }
        }
    }

    private static int Unescape(ReadOnlySpan<char> text, bool plusIsSpace, Span<byte> destination)
    {
        int count = 0;
        while (!text.IsEmpty)
        {
            if (text[0] == '%' && text.Length > 2
                && byte.TryParse(text.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                destination[count++] = value;
                text = text[3..];
                continue;
            }

            if (text[0] == '+' && plusIsSpace)
            {
                destination[count++] = (byte)' ';
                text = text[1..];
                continue;
            }

            int run = 1 + Math.Max(0, IndexOfSpecial(text[1..], plusIsSpace));
            count += Encoding.UTF8.GetBytes(text[..run], destination[count..]);
            text = text[run..];
        }

        return count;
    }

    private static int IndexOfSpecial(ReadOnlySpan<char> text, bool plusIsSpace)
    {
        int index = plusIsSpace ? text.IndexOfAny('%', '+') : text.IndexOf('%');
        return index < 0 ? text.Length : index;
    }
}
