namespace Hutch.Publishing.Identifiers;

internal static class IdentifierText
{
    /// <summary>The text without its scheme and site, if any.</summary>
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
