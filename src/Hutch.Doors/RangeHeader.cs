namespace Hutch.Doors;

/// <summary>
/// One range of bytes, as RFC 9110 section 14 writes it. Anything but a single range of bytes is ignored, as the RFC allows.
/// </summary>
public static class RangeHeader
{
    private const string Unit = "bytes=";

    public static (RangeKind Kind, long Offset, long Length) Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return (RangeKind.None, 0, size);
        }

        ReadOnlySpan<char> range = header.AsSpan(Unit.Length).Trim();
        int dash = range.IndexOf('-');
        if (dash < 0 || range.Contains(','))
        {
            return (RangeKind.None, 0, size);
        }

        bool hasFirst = TryParse(range[..dash], out long first);
        bool hasLast = TryParse(range[(dash + 1)..], out long last);
        if ((!hasFirst && dash > 0)
            || (!hasLast && dash + 1 < range.Length)
            || (!hasFirst && !hasLast)
            || (hasFirst && hasLast && last < first))
        {
            return (RangeKind.None, 0, size);
        }

        if (!hasFirst)
        {
            long length = Math.Min(last, size);
            return length == 0 ? (RangeKind.Unsatisfiable, 0, 0) : (RangeKind.Range, size - length, length);
        }

        return first >= size
            ? (RangeKind.Unsatisfiable, 0, 0)
            : (RangeKind.Range, first, (hasLast ? Math.Min(last, size - 1) : size - 1) - first + 1);
    }

    private static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        // Digits that are too many for a number are behind every file.
        value = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : long.MaxValue;
        return true;
    }
}
