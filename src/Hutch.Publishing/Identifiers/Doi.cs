namespace Hutch.Publishing.Identifiers;

/// <summary>DOIs: <c>10.</c>, the number of who gave it, a slash, and a name.</summary>
public static class Doi
{
    private const string Site = "https://doi.org/";

    /// <summary>The DOI as <c>10.5281/zenodo.1234</c>, of a text with it or its address; null when it is none.</summary>
    public static string? Parse(string? text)
    {
        string bare = IdentifierText.WithoutSite(text, "doi.org/", "dx.doi.org/", "doi:").Trim();
        int slash = bare.IndexOf('/', StringComparison.Ordinal);
        return bare.StartsWith("10.", StringComparison.Ordinal) && slash > 6 && slash < bare.Length - 1
            && bare[3..slash].All(static one => char.IsAsciiDigit(one) || one == '.') && !bare.Any(char.IsWhiteSpace)
            ? bare
            : null;
    }

    /// <summary>The address of a DOI.</summary>
    public static string Address(string doi)
    {
        ArgumentNullException.ThrowIfNull(doi);
        return Site + string.Join('/', doi.Split('/').Select(Uri.EscapeDataString));
    }
}
