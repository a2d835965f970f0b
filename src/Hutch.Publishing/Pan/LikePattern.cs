namespace Hutch.Publishing.Pan;

/// <summary>The patterns of <c>like</c>, as of SQL: <c>%</c> is any text, <c>_</c> any character.</summary>
internal static class LikePattern
{
    /// <summary>Matches in a time that grows with the product of both lengths at most.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, StringComparison comparison)
    {
        (int at, int here) = (0, 0);
        (int star, int retry) = (-1, 0);
        while (here < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '%')
            {
                (star, retry) = (at++, here);
            }
            else if (at < pattern.Length
                && (pattern[at] == '_' || pattern.Slice(at, 1).Equals(text.Slice(here, 1), comparison)))
            {
                at++;
                here++;
            }
            else if (star >= 0)
            {
                (at, here) = (star + 1, ++retry);
            }
            else
            {
                return false;
            }
        }

        return pattern[at..].TrimStart('%').IsEmpty;
    }
}
