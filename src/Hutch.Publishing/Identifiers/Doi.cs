namespace Hutch.Publishing.Identifiers;

/// <summary>DOIs: <c>10.</c>, the number of the registrant, a slash, and a name.</summary>
public static class Doi
{
    private const string Site = "https://doi.org/";

    /// <summary>The DOI as <c>10.5281/zenodo.1234</c>, from a DOI or its address; null if the text is neither.</summary>
    public static string? Parse(string? text)
    {
        string bare = IdentifierText.WithoutSite(text, "doi.org/", "dx.doi.org/", "doi:").Trim();
        int slash = bare.IndexOf('/', StringComparison.Ordinal);
        return bare.StartsWith("10.", StringComparison.Ordinal) && slash > 6 && slash < bare.Length - 1
            && bare[3..slash].All(static one => char.IsAsciiDigit(one) || one == '.') && !bare.Any(char.IsWhiteSpace)
            ? bare
            : null;
    }

    public static string Address(string doi)
    {
        return Site + string.Join('/', doi.Split('/').Select(Uri.EscapeDataString));
    }
}
