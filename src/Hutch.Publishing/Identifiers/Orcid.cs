namespace Hutch.Publishing.Identifiers;

/// <summary>ORCID iDs of people: 16 digits. The last is a check digit by ISO 7064 mod 11-2 and can be an X.</summary>
public static class Orcid
{
    private const string Site = "https://orcid.org/";
    private const int Digits = 16;

    /// <summary>The iD as <c>0000-0002-1825-0097</c>, from an iD or its address; null if the text is neither.</summary>
    public static string? Parse(string? text)
    {
        string bare = IdentifierText.WithoutSite(text, "orcid.org/").Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
        return bare.Length == Digits && bare[..^1].All(char.IsAsciiDigit) && bare[^1] == CheckDigit(bare)
            ? string.Join('-', bare.Chunk(4).Select(static four => new string(four)))
            : null;
    }

    public static string Address(string id) => Site + id;

    private static char CheckDigit(string digits)
    {
        int total = digits[..(Digits - 1)].Aggregate(0, static (sum, digit) => (sum + (digit - '0')) * 2 % 11);
        int check = (12 - total) % 11;
        return check == 10 ? 'X' : (char)('0' + check);
    }
}
