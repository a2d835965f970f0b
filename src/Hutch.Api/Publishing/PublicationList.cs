using System.Xml;
using Hutch.Api.Http;
using Hutch.Publishing.Pages;
using Hutch.Publishing.Works;
using Hutch.Zone.Publishing;

namespace Hutch.Api.Publishing;

/// <summary>
/// The public list of publications, the newest first, and the site map that names their pages to search engines
/// (https://www.sitemaps.org/protocol.html).
/// </summary>
internal sealed class PublicationList(ApiContext api, PublicationService publications)
{
    public const string SiteMap = "sitemap.xml";

    private const string SiteMapSpace = "http://www.sitemaps.org/schemas/sitemap/0.9";

    /// <summary>The most addresses of a site map, by the protocol. Harvesters get all (<c>/oai</c>).</summary>
    private const int MaxAddresses = 50_000;

    private const int PageLength = 50;

    /// <summary>Writes a page of the list. Its address names the last publication of the page before.</summary>
    public async Task<byte[]> WriteAsync(HttpRequest request, CancellationToken ct)
    {
        (long, DatasetId)? after = null;
        if (request.Query.TryGetValue("after", out var values))
        {
            after = Parse(values.ToString()) ?? throw ErrorCode.BadRequest.With("'after' is no place in the list.").ToException();
        }

        string Address(string path) => PublicAddress.For(request, api.Options.PublicUrl, path);
        IReadOnlyList<PublicationStatus> found = (await publications.NewestAsync(after, PageLength + 1, ct)).Value;
        PublicationStatus[] page = [.. found.Take(PageLength)];
        string? older = found.Count > PageLength ? Address($"{WorkBuilder.Root}?after={Format(page[^1])}") : null;
        DateTimeOffset now = api.Options.Time.GetUtcNow();
        return PageFrame.List(
            $"Publications of {api.Options.SiteName}", [.. page.Select(one => WorkBuilder.ForList(one, Address, now))], older);
    }

    public async Task<byte[]> WriteSiteMapAsync(HttpRequest request, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Async = true, Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("urlset", SiteMapSpace);
            foreach ((DatasetId dataset, DateTimeOffset changedAt) in (await publications.NewestChangesAsync(MaxAddresses, ct)).Value)
            {
                xml.WriteStartElement("url", SiteMapSpace);
                xml.WriteElementString(
                    "loc", SiteMapSpace, PublicAddress.For(request, api.Options.PublicUrl, $"{WorkBuilder.Root}/{dataset}"));
                xml.WriteElementString("lastmod", SiteMapSpace, WorkText.Date(changedAt));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    private static string Format(PublicationStatus one) => string.Create(
        CultureInfo.InvariantCulture, $"{one.Record.Version!.PublishedAt.ToUnixTimeMilliseconds()}.{one.Record.Dataset}");

    private static (long, DatasetId)? Parse(string cursor) =>
        cursor.Split('.') is [var time, var id]
        && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out long ms)
        && DatasetId.TryParse(id, out DatasetId dataset)
            ? (ms, dataset)
            : null;
}
