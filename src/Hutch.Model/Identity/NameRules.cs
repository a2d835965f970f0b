namespace Hutch.Model;

internal static class NameRules
{
    /// <summary>Returns true if a text consists of lower-case letters, digits and dashes, without a dash at either end.</summary>
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
