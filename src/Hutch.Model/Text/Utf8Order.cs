namespace Hutch.Model;

/// <summary>
/// Compares strings by their UTF-8 bytes, without creating them. Ordinal comparison of .NET strings gives another order when a character
/// outside the basic plane (a surrogate pair) meets one of U+E000 to U+FFFF.
/// </summary>
public sealed class Utf8Order : IComparer<string>
{
    private Utf8Order()
    {
    }

    public static Utf8Order Comparer { get; } = new();

    /// <summary>Negative, zero or positive if the UTF-8 bytes of <paramref name="left"/> sort before, equal or after.</summary>
    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int common = left.CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length - right.Length;
        }

        return Rank(left[common]) - Rank(right[common]);
    }

    int IComparer<string>.Compare(string? x, string? y) => Compare(x, y);

    // Surrogates represent code points above U+FFFF, so they rank above every other code unit.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
