namespace Hutch.Publishing.Identifiers;

/// <summary>How people write identifiers: bare, or as an address.</summary>
internal static class IdentifierText
{
    /// <summary>What is behind the scheme and the site, if they are there.</summary>
    public static string WithoutSite(string? text, params ReadOnlySpan<string> sites)
    {
        string bare = text?.Trim() ?? "";
        bare = After(After(bare, "https://"), "http://");
        foreach (string site in sites)
        {
            bare = After(bare, site);
        }

        return bare;
    }

    private static string After(string text, string start) =>
        text.StartsWith(start, StringComparison.OrdinalIgnoreCase) ? text[start.Length..] : text;
}
