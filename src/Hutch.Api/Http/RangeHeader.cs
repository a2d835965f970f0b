using System.Globalization;

namespace Hutch.Api.Http;

/// <summary>One range of bytes, as RFC 9110 section 14 writes it. Anything but a single range of bytes is ignored, as the RFC allows.</summary>
internal static class RangeHeader
{
    private const string Unit = "bytes=";

    /// <summary>The outcome of reading the header for a file of a size.</summary>
    public enum Kind
    {
        /// <summary>Serve the whole file.</summary>
        None,

        /// <summary>Serve the range.</summary>
        Range,

        /// <summary>The range lies outside the file.</summary>
        Unsatisfiable,
    }

    /// <summary>Reads the header; the range is offset and length.</summary>
    public static (Kind Kind, long Offset, long Length) Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return (Kind.None, 0, size);
        }

        ReadOnlySpan<char> range = header.AsSpan(Unit.Length).Trim();
        int dash = range.IndexOf('-');
        if (dash < 0 || range.Contains(','))
        {
            return (Kind.None, 0, size);
        }

        bool hasFirst = TryParse(range[..dash], out long first);
        bool hasLast = TryParse(range[(dash + 1)..], out long last);
        if ((!hasFirst && dash > 0) || (!hasLast && dash + 1 < range.Length) || (!hasFirst && !hasLast) || (hasFirst && hasLast && last < first))
        {
            return (Kind.None, 0, size);
        }

        if (!hasFirst)
        {
            long length = Math.Min(last, size);
            return length == 0 ? (Kind.Unsatisfiable, 0, 0) : (Kind.Range, size - length, length);
        }

        return first >= size
            ? (Kind.Unsatisfiable, 0, 0)
            : (Kind.Range, first, (hasLast ? Math.Min(last, size - 1) : size - 1) - first + 1);
    }

    private static bool TryParse(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
