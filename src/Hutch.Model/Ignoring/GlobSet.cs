namespace Hutch.Model.Ignoring;

/// <summary>A set of characters in a pattern: <c>[abc]</c>, <c>[a-z]</c>, <c>[!a]</c>, <c>[[:digit:]]</c>.</summary>
internal sealed class GlobSet
{
    private readonly List<(int First, int Last)> _ranges = [];
    private bool _isInverted;

    private GlobSet()
    {
    }

    /// <summary>Reads the set that begins at <paramref name="at"/>, and moves that behind it; null when it has no end.</summary>
    internal static GlobSet? Parse(string pattern, ref int at)
    {
        var set = new GlobSet();
        int next = at + 1;
        if (next < pattern.Length && pattern[next] is '!' or '^')
        {
            set._isInverted = true;
            next++;
        }

        for (int start = next; next < pattern.Length;)
        {
            if (pattern[next] == ']' && next > start)
            {
                at = next + 1;
                return set;
            }

            if (pattern.AsSpan(next).StartsWith("[:", StringComparison.Ordinal) && EndOfClass(pattern, next) is { } end)
            {
                if (!set.AddClass(pattern[(next + 2)..end]))
                {
                    return null;
                }

                next = end + 2;
                continue;
            }

            if (Character(pattern, ref next) is not { } first)
            {
                return null;
            }

            int last = first;
            if (next + 1 < pattern.Length && pattern[next] == '-' && pattern[next + 1] != ']')
            {
                next++;
                if (Character(pattern, ref next) is not { } to)
                {
                    return null;
                }

                last = to;
            }

            set._ranges.Add((first, last));
        }

        return null;
    }

    internal bool Contains(Rune rune)
    {
        bool found = false;
        foreach ((int first, int last) in _ranges)
        {
            found |= rune.Value >= first && rune.Value <= last;
        }

        return found != _isInverted;
    }

    private static int? EndOfClass(string pattern, int at)
    {
        int end = pattern.IndexOf(']', at + 2);
        return end > at + 2 && pattern[end - 1] == ':' ? end - 1 : null;
    }

    private static int? Character(string pattern, ref int at)
    {
        at += pattern[at] == '\\' ? 1 : 0;
        if (at == pattern.Length)
        {
            return null;
        }

        Rune rune = Glob.Next(pattern, at, out int length);
        at += length;
        return rune.Value;
    }

    private bool AddClass(string name)
    {
        string? ranges = name switch
        {
            "alnum" => "09AZaz",
            "alpha" => "AZaz",
            "blank" => "\t\t  ",
            "cntrl" => "\0\u001f\u007f\u007f",
            "digit" => "09",
            "graph" => "!~",
            "lower" => "az",
            "print" => " ~",
            "punct" => "!/:@[`{~",
            "space" => "\t\r  ",
            "upper" => "AZ",
            "xdigit" => "09AFaf",
            _ => null,
        };
        for (int i = 0; i < ranges?.Length; i += 2)
        {
            _ranges.Add((ranges[i], ranges[i + 1]));
        }

        return ranges is not null;
    }
}
