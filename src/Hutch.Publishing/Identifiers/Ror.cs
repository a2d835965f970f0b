namespace Hutch.Publishing.Identifiers;

/// <summary>Ids of the Research Organization Registry: 0, six base-32 characters (no i, l, o, u), two ISO 7064 mod 97-10 digits.</summary>
public static class Ror
{
    private const string Site = "https://ror.org/";
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 9;

    /// <summary>The id as <c>https://ror.org/04t3en479</c>, from an id or its address; null if the text is neither.</summary>
    public static string? Parse(string? text)
    {
        string bare = IdentifierText.WithoutSite(text, "ror.org/").ToLowerInvariant();
        if (bare.Length != Length || bare[0] != '0' || !bare.All(static one => Alphabet.Contains(one, StringComparison.Ordinal)))
        {
            return null;
        }

        long number = bare[1..7].Aggregate(0L, static (sum, one) => (sum * 32) + Alphabet.IndexOf(one, StringComparison.Ordinal));
        long check = 98 - (number * 100 % 97);
        return bare[7..] == check.ToString("00", System.Globalization.CultureInfo.InvariantCulture) ? Site + bare : null;
    }
}
