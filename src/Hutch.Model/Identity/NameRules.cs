namespace Hutch.Model;

/// <summary>The characters that names may contain.</summary>
internal static class NameRules
{
    /// <summary>Whether a text is lower-case letters, digits and dashes, with no dash at either end.</summary>
    public static bool IsDashedLowerCase(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return text.Length > 0 && text[0] != '-' && text[^1] != '-';
    }
}
