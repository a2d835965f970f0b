using Hutch.Publishing.Works;

namespace Hutch.Publishing.Harvest;

/// <summary>The pages of publications, for search engines (https://www.sitemaps.org/protocol.html).</summary>
public static class SiteMap
{
    /// <summary>The most addresses of one file, by the protocol.</summary>
    public const int MaxAddresses = 50_000;

    /// <summary>The most files of an index, by the protocol.</summary>
    public const int MaxFiles = 50_000;

    private const string Space = "http://www.sitemaps.org/schemas/sitemap/0.9";

    /// <param name="files">The addresses of the files.</param>
    public static byte[] WriteIndex(IEnumerable<string> files) => PageXml.Write(xml =>
    {
        xml.WriteStartElement("sitemapindex", Space);
        foreach (string file in files)
        {
            xml.WriteStartElement("sitemap", Space);
            xml.WriteElementString("loc", Space, file);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    });

    /// <param name="pages">The addresses of the pages, with the days of their last changes.</param>
    public static byte[] WriteFile(IEnumerable<(string Address, DateTimeOffset ChangedAt)> pages) => PageXml.Write(xml =>
    {
        xml.WriteStartElement("urlset", Space);
        foreach ((string address, DateTimeOffset changedAt) in pages)
        {
            xml.WriteStartElement("url", Space);
            xml.WriteElementString("loc", Space, address);
            xml.WriteElementString("lastmod", Space, WorkText.Date(changedAt));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    });
}
