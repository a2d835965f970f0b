namespace Hutch.Agent.Rules;

/// <summary>
/// Matches one name of a path as a shell does (glob(7)): <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a-z]</c>. A leading dot is matched by a dot
/// only.
/// </summary>
internal static class NamePattern
{
    /// <summary>Returns true if a name of a path is a pattern and not a plain name.</summary>
    public static bool IsPattern(string name) => name.AsSpan().IndexOfAny('*', '?', '[') >= 0;

    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (name.StartsWith(".") && !pattern.StartsWith("."))
        {
            return false;
        }

        // The last star is the only one that may have to take more: linear times the length of the name, never exponential.
        int p = 0, n = 0, star = -1, taken = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                taken = n;
            }
            else if (p < pattern.Length && TakesOne(pattern, name[n], ref p))
            {
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++taken;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }

    private static bool TakesOne(ReadOnlySpan<char> pattern, char c, ref int p)
    {
        if (pattern[p] != '[' || EndOfSet(pattern, p) is not (> 0 and int end))
        {
            bool takes = pattern[p] == '?' || pattern[p] == c;
            p += takes ? 1 : 0;
            return takes;
        }

        ReadOnlySpan<char> set = pattern[(p + 1)..end];
        bool isNot = set[0] is '!' or '^';
        if (Holds(isNot ? set[1..] : set, c) == isNot)
        {
            return false;
        }

        p = end + 1;
        return true;
    }

    // A bracket that is closed at once is a member of the set.
    private static int EndOfSet(ReadOnlySpan<char> pattern, int start)
    {
        int first = start + 1 < pattern.Length && pattern[start + 1] is '!' or '^' ? start + 2 : start + 1;
        int end = first + 1 < pattern.Length ? pattern[(first + 1)..].IndexOf(']') : -1;
        return end < 0 ? -1 : first + 1 + end;
    }

    private static bool Holds(ReadOnlySpan<char> set, char c)
    {
        for (int i = 0; i < set.Length; i++)
        {
            bool isRange = i + 2 < set.Length && set[i + 1] == '-';
            if (isRange ? set[i] <= c && c <= set[i + 2] : set[i] == c)
            {
                return true;
            }

            i += isRange ? 2 : 0;
        }

        return false;
    }
}
