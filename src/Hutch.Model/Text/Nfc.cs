namespace Hutch.Model;

/// <summary>
/// Canonical composition (NFC, Unicode Standard Annex 15) with its own tables. The platform's normaliser does nothing in
/// invariant-globalisation mode, and otherwise depends on the machine's ICU, so that two machines could disagree about a path. The tables
/// are those of Unicode 15.0; characters assigned later pass unchanged.
/// </summary>
public sealed class Nfc
{
    private const char FirstAffected = '\u0300';
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, SyllableCount = LeadCount * VowelCount * TrailCount;

    private static readonly Lazy<Nfc> Tables = new(() => new Nfc());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, (int First, int Second)> _decompositions = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];

    private Nfc()
    {
        using Stream stream = typeof(Nfc).Assembly.GetManifestResourceStream("nfc-15.0.txt")
            ?? throw new InvalidOperationException("The normalisation table is missing from the assembly.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            ReadLine(line);
        }
    }

    /// <summary>The text in NFC; the same instance if it is already normalized. The text must be well-formed UTF-16.</summary>
    public static string Normalize(string text) =>
        text.AsSpan().IndexOfAnyInRange(FirstAffected, '\uffff') < 0 ? text : Tables.Value.Compose(text);

    private void ReadLine(string line)
    {
        int mark = line.AsSpan().IndexOfAny(":=>");
        if (line[0] == '#')
        {
            return;
        }

        if (line[mark] == ':')
        {
            int dash = line.IndexOf('-', StringComparison.Ordinal);
            byte value = byte.Parse(line.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            for (int c = Hex(line.AsSpan(0, dash)); c <= Hex(line.AsSpan(dash + 1, mark - dash - 1)); c++)
            {
                _classes[c] = value;
            }

            return;
        }

        int space = line.IndexOf(' ', StringComparison.Ordinal);
        int composed = Hex(line.AsSpan(0, mark));
        int first = Hex(space < 0 ? line.AsSpan(mark + 1) : line.AsSpan(mark + 1, space - mark - 1));
        int second = space < 0 ? 0 : Hex(line.AsSpan(space + 1));
        _decompositions[composed] = (first, second);
        if (line[mark] == '=')
        {
            _compositions[(first, second)] = composed;
        }
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private string Compose(string text)
    {
        var points = new List<(int Value, byte Class)>(text.Length + 8);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, points);
        }

        Order(points);
        var composed = new StringBuilder(text.Length);
        foreach (int value in Recompose(points))
        {
            composed.Append(new Rune(value).ToString());
        }

        return composed.Equals(text) ? text : composed.ToString();
    }

    private void Decompose(int value, List<(int Value, byte Class)> points)
    {
        int syllable = value - HangulBase;
        if (syllable is >= 0 and < SyllableCount)
        {
            points.Add((LeadBase + (syllable / (VowelCount * TrailCount)), 0));
            points.Add((VowelBase + (syllable % (VowelCount * TrailCount) / TrailCount), 0));
            if (syllable % TrailCount != 0)
            {
                points.Add((TrailBase + (syllable % TrailCount), 0));
            }
        }
        else if (_decompositions.TryGetValue(value, out (int First, int Second) parts))
        {
            Decompose(parts.First, points);
            if (parts.Second != 0)
            {
                Decompose(parts.Second, points);
            }
        }
        else
        {
            points.Add((value, _classes.GetValueOrDefault(value)));
        }
    }

    // Marks between two starters are put into the order of their class; equal classes keep their order.
    private static void Order(List<(int Value, byte Class)> points)
    {
        int start = 0;
        while (start < points.Count)
        {
            if (points[start].Class == 0)
            {
                start++;
                continue;
            }

            int end = start + 1;
            while (end < points.Count && points[end].Class != 0)
            {
                end++;
            }

            (int Value, byte Class)[] sorted = [.. points[start..end].OrderBy(p => p.Class)];
            for (int i = 0; i < sorted.Length; i++)
            {
                points[start + i] = sorted[i];
            }

            start = end;
        }
    }

    private List<int> Recompose(List<(int Value, byte Class)> points)
    {
        var result = new List<int>(points.Count);
        int starter = -1; // index in result of the last starter
        int lastClass = -1; // class of the last point kept after the starter; -1 when none was
        foreach ((int value, byte mark) in points)
        {
            bool blocked = lastClass >= 0 && (lastClass == 0 || lastClass >= mark);
            if (starter >= 0 && !blocked && TryCompose(result[starter], value, out int composed))
            {
                result[starter] = composed;
                continue;
            }

            if (mark == 0)
            {
                starter = result.Count;
                lastClass = -1;
            }
            else
            {
                lastClass = mark;
            }

            result.Add(value);
        }

        return result;
    }

    private bool TryCompose(int first, int second, out int composed)
    {
        int lead = first - LeadBase, vowel = second - VowelBase, syllable = first - HangulBase, trail = second - TrailBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            composed = HangulBase + (((lead * VowelCount) + vowel) * TrailCount);
            return true;
        }

        if (syllable is >= 0 and < SyllableCount && syllable % TrailCount == 0 && trail is > 0 and < TrailCount)
        {
            composed = first + trail;
            return true;
        }

        return _compositions.TryGetValue((first, second), out composed);
    }
}
