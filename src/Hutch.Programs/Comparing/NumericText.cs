using System.Buffers;

namespace Hutch.Programs.Comparing;

/// <summary>
/// Compares two texts, such as tables of CSV, whose words must be equal and whose numbers may differ within a tolerance. Memory does not
/// grow with the texts.
/// </summary>
public static class NumericText
{
    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t,;|=:()[]{}\"");

    /// <summary>Compares to the end, or to the first difference that is not allowed.</summary>
    public static async Task<NumericComparison> CompareAsync(
        TextReader before, TextReader after, double relative, double absolute, CancellationToken ct)
    {
        var (first, second) = (new LineReader(before), new LineReader(after));
        var tolerance = new NumberTolerance(relative, absolute);
        double largest = 0;
        for (long line = 1; ; line++)
        {
            bool hasFirst = await first.ReadAsync(ct), hasSecond = await second.ReadAsync(ct);
            string? fault = first.IsBinary || second.IsBinary ? "it is not text"
                : hasFirst != hasSecond ? "one text ends before it"
                : CompareLine(first.Line.Span, second.Line.Span, tolerance, ref largest);
            if (fault is not null || !hasFirst)
            {
                return new NumericComparison(
                    largest, fault is null ? null : string.Create(CultureInfo.InvariantCulture, $"line {line}: {fault}"));
            }
        }
    }

    private static string? CompareLine(
        ReadOnlySpan<char> first, ReadOnlySpan<char> second, NumberTolerance tolerance, ref double largest)
    {
        if (first.SequenceEqual(second))
        {
            return null;
        }

        while (true)
        {
            ReadOnlySpan<char> one = Next(ref first, out ReadOnlySpan<char> betweenFirst);
            ReadOnlySpan<char> other = Next(ref second, out ReadOnlySpan<char> betweenSecond);

            // Columns that are aligned with spaces move with the width of a number.
            if (!betweenFirst.Trim(" \t").SequenceEqual(betweenSecond.Trim(" \t")) || one.IsEmpty != other.IsEmpty)
            {
                return "the lines have different words";
            }

            if (one.IsEmpty)
            {
                return null;
            }

            if (one.SequenceEqual(other))
            {
                continue;
            }

            if (!TryNumber(one, out double a) || !TryNumber(other, out double b))
            {
                return $"{Display.Quote(Shown(one))} became {Display.Quote(Shown(other))}";
            }

            if (!tolerance.Allows(a, b, ref largest))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{a} became {b}");
            }
        }
    }

    private static bool TryNumber(ReadOnlySpan<char> word, out double number)
    {
        if (word.TrimStart("+-").Equals("inf", StringComparison.OrdinalIgnoreCase))
        {
            number = word[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private static string Shown(ReadOnlySpan<char> word) => word.Length > 40 ? string.Concat(word[..40], "…") : word.ToString();

    /// <summary>Takes the separators and the word at the beginning of the rest of a line.</summary>
    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> between)
    {
        int start = rest.IndexOfAnyExcept(Separators);
        start = start < 0 ? rest.Length : start;
        between = rest[..start];
        rest = rest[start..];
        int end = rest.IndexOfAny(Separators);
        end = end < 0 ? rest.Length : end;
        ReadOnlySpan<char> word = rest[..end];
        rest = rest[end..];
        return word;
    }
}

/// <summary>Reads lines of a bounded length.</summary>
internal sealed class LineReader(TextReader text)
{
    private const int MaxLine = 1 << 20;

    private char[] _block = new char[16 << 10];
    private int _start;
    private int _end;

    public ReadOnlyMemory<char> Line { get; private set; }

    /// <summary>True if a line is too long for one of a text, or has a NUL.</summary>
    public bool IsBinary { get; private set; }

    /// <summary>Reads the next line; false at the end.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        Line = default;
        for (int searched = _start; ;)
        {
            int feed = _block.AsSpan(searched, _end - searched).IndexOf('\n');
            if (feed >= 0)
            {
                return Take(searched + feed, after: 1);
            }

            searched = Shift();
            int read = await text.ReadAsync(_block.AsMemory(_end), ct);
            if (read == 0)
            {
                return _end > _start && Take(_end, after: 0);
            }

            _end += read;
        }
    }

    private bool Take(int end, int after)
    {
        Line = _block.AsMemory(_start, end - _start);
        _start = end + after;
        Line = Line.Span is [.., '\r'] ? Line[..^1] : Line;
        IsBinary |= Line.Span.Contains('\0');
        return true;
    }

    /// <summary>Makes room after the rest of the block, and returns the position from which it was not searched.</summary>
    private int Shift()
    {
        int rest = _end - _start;
        if (rest >= MaxLine)
        {
            (IsBinary, rest) = (true, 0);
        }

        char[] next = rest == _block.Length ? new char[_block.Length * 2] : _block;
        Array.Copy(_block, _start, next, 0, rest);
        (_block, _start, _end) = (next, 0, rest);
        return rest;
    }
}
