namespace Hutch.Model;

/// <summary>
/// Formats values for display: foreign text, so that it cannot disturb a terminal, a log or the reader, times, and sizes with their units.
/// </summary>
public static class Display
{
    /// <summary>The most characters of foreign text in a message.</summary>
    public const int MaxShownCharacters = 120;

    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>
    /// The text in single quotes. Control characters, invisible format characters and broken surrogates are written as <c>\u{hex}</c>. A
    /// text longer than <see cref="MaxShownCharacters"/> loses its middle, because two paths often differ at the end.
    /// </summary>
    public static string Quote(string? text) => text is null ? "(nothing)" : $"'{Plain(text, MaxShownCharacters)}'";

    /// <summary>The same without quotes, with another length limit.</summary>
    public static string Plain(string text, int maxCharacters)
    {
        var shown = new StringBuilder();
        if (text.Length <= maxCharacters)
        {
            AppendEscaped(shown, text);
        }
        else
        {
            AppendEscaped(shown, text.AsSpan(0, WithoutHalfPair(text, maxCharacters / 2)));
            shown.Append('…');
            AppendEscaped(shown, text.AsSpan(WithoutHalfPair(text, text.Length - maxCharacters / 2)));
        }

        return shown.ToString();
    }

    /// <summary>Lists the first names, and counts the others: <c>a, b and 3 more</c>.</summary>
    /// <param name="count">How many names there are.</param>
    /// <param name="most">How many are shown.</param>
    public static string First(IEnumerable<string> names, int count, int most) =>
        string.Join(", ", names.Take(most)) + (count > most ? $" and {count - most} more" : "");

    /// <summary>A time as in <c>2026-11-26 15:45 UTC</c>.</summary>
    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A name unchanged, or in shell notation like <c>ls</c> if it has invisible characters: <c>$'new\nline'</c>.</summary>
    public static string Name(string text)
    {
        if (!HasInvisible(text))
        {
            return text;
        }

        var shown = new StringBuilder("$'");
        foreach (char c in text)
        {
            _ = c switch
            {
                '\n' => shown.Append("\\n"),
                '\t' => shown.Append("\\t"),
                '\'' or '\\' => shown.Append('\\').Append(c),
                < ' ' or '\u007f' => shown.Append('\\').Append(Convert.ToString(c, 8).PadLeft(3, '0')),
                _ when !char.IsSurrogate(c) && IsInvisible(new Rune(c)) =>
                    shown.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => shown.Append(c),
            };
        }

        return shown.Append('\'').ToString();
    }

    private static bool HasInvisible(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsSurrogate(c) && IsInvisible(new Rune(c)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Bytes that are not valid UTF-8, in single quotes: printable ASCII unchanged, other bytes as <c>\xhh</c>, with the same length limit.
    /// </summary>
    public static string QuoteBytes(ReadOnlySpan<byte> bytes)
    {
        var shown = new StringBuilder("'");
        foreach (byte b in bytes[..Math.Min(bytes.Length, MaxShownCharacters)])
        {
            _ = b is >= 0x20 and < 0x7f
                ? shown.Append((char)b)
                : shown.Append("\\x").Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }

        return shown.Append(bytes.Length > MaxShownCharacters ? "…'" : "'").ToString();
    }

    /// <summary>A number of bytes with three digits: <c>12.3 MB</c> (powers of 1000).</summary>
    public static string Bytes(double bytes)
    {
        int unit = 0;
        while (bytes >= 999.5 && unit < Units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        string format = unit == 0 || bytes >= 99.95 ? "0" : bytes >= 9.995 ? "0.0" : "0.00";
        return bytes.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>An approximate duration: <c>40 s</c>, <c>12 min</c>, <c>5 h</c> or <c>3 days</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        (double number, string unit) = span switch
        {
            { TotalSeconds: < 90 } => (Math.Max(1, span.TotalSeconds), "s"),
            { TotalMinutes: < 90 } => (span.TotalMinutes, "min"),
            { TotalHours: < 36 } => (span.TotalHours, "h"),
            _ => (span.TotalDays, "days"),
        };
        return number.ToString("0", CultureInfo.InvariantCulture) + " " + unit;
    }

    /// <summary>The index near the given one at which a cut splits no surrogate pair.</summary>
    private static int WithoutHalfPair(string text, int index) => char.IsSurrogatePair(text, index - 1) ? index - 1 : index;

    private static void AppendEscaped(StringBuilder shown, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            bool whole = Rune.DecodeFromUtf16(text, out Rune rune, out int used) == System.Buffers.OperationStatus.Done;
            if (whole && !IsInvisible(rune))
            {
                shown.Append(text[..used]);
            }
            else
            {
                int value = whole ? rune.Value : text[0];
                shown.Append("\\u{").Append(value.ToString("x", CultureInfo.InvariantCulture)).Append('}');
            }

            text = text[used..];
        }
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
