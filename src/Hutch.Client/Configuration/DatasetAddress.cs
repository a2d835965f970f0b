namespace Hutch.Client.Configuration;

/// <summary>The address of a dataset as it is in a browser or a mail: the page of a dataset, or a share link.</summary>
/// <param name="Remote">The server.</param>
/// <param name="Dataset">The dataset; null for a share link, whose token names it.</param>
/// <param name="Link">The token of a share link; null for a page.</param>
public sealed record DatasetAddress(string Remote, DatasetId? Dataset, string? Link)
{
    private const string Page = "/datasets/";
    private const string LinkPage = "/s";

    /// <summary>Reads an address; null for any other text, such as a name.</summary>
    public static DatasetAddress? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            || address.Scheme is not ("http" or "https"))
        {
            return null;
        }

        string server = address.GetLeftPart(UriPartial.Authority);
        string path = address.AbsolutePath.TrimEnd('/');
        if (path.EndsWith(LinkPage, StringComparison.Ordinal)
            && address.Fragment.StartsWith("#" + TokenText.Link, StringComparison.Ordinal))
        {
            return new DatasetAddress(server + path[..^LinkPage.Length], null, address.Fragment[1..]);
        }

        int at = path.IndexOf(Page, StringComparison.Ordinal);
        return at >= 0 && DatasetId.TryParse(path[(at + Page.Length)..].Split('/')[0], out DatasetId id)
            ? new DatasetAddress(server + path[..at], id, null)
            : null;
    }
}
