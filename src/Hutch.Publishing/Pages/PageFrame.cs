using Hutch.Publishing.Works;

namespace Hutch.Publishing.Pages;

public static class PageFrame
{
    /// <summary>A page with one sentence, instead of a publication that cannot be shown.</summary>
    public static byte[] Message(string title, string text)
    {
        var html = new HtmlText();
        Begin(html, title, null);
        html.Add($"</head><body><main><h1>{title}</h1><p>{text}</p>");
        End(html);
        return Encoding.UTF8.GetBytes(html.ToString());
    }

    public static byte[] Series(PublishedWork newest)
    {
        var html = new HtmlText();
        Begin(html, newest.Title, newest.Description.Language);
        html.Add($"<link rel=\"canonical\" href=\"{newest.Addresses.Series}\">")
            .Add($"<link rel=\"cite-as\" href=\"{newest.SeriesIdentifier}\"></head><body><main>")
            .Add($"<p class=\"kind\"><span class=\"badge\">All versions</span></p><h1>{newest.Title}</h1>")
            .Add($"<p><a href=\"{newest.SeriesIdentifier}\">{newest.SeriesIdentifier}</a></p>")
            .Add($"<p>This is the address of all versions of the dataset. The newest is <a href=\"{newest.Addresses.Page}\">")
            .Add($"version {WorkText.Number(newest.Version.Number)}</a>; cite the version that you used.</p>");
        Versions(html, newest.Versions, null);
        End(html);
        return Encoding.UTF8.GetBytes(html.ToString());
    }

    internal static void Begin(HtmlText html, string title, string? language) => html
        .Add($"<!doctype html><html lang=\"{language ?? "en"}\"><head><meta charset=\"utf-8\">")
        .AddConstant("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
        .Add($"<title>{title}</title>")
        .AddConstant("<style>").AddConstant(PageStyle.Text).AddConstant("</style>");

    internal static void End(HtmlText html) => html.AddConstant("</main></body></html>\n");

    internal static void Versions(HtmlText html, IReadOnlyList<WorkVersion> versions, DatasetId? shown)
    {
        html.AddConstant("<table><thead><tr><th>Version</th><th>Published</th></tr></thead><tbody>");
        foreach (WorkVersion version in versions.Reverse())
        {
            string here = version.Dataset == shown ? " (this one)" : version.IsWithdrawn ? " (withdrawn)" : "";
            html.Add($"<tr><td><a href=\"{version.Page}\">Version {WorkText.Number(version.Number)}</a>{here}</td>")
                .Add($"<td>{WorkText.Date(version.PublishedAt)}</td></tr>");
        }

        html.AddConstant("</tbody></table>");
    }
}
