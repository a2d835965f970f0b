using Hutch.Api.Http;
using Hutch.Datasets;
using Hutch.Datasets.Registry;
using Hutch.Datasets.Search;
using Hutch.Publishing.Harvest;
using Hutch.Publishing.Pages;
using Hutch.Publishing.Works;
using Hutch.Zone.Publishing;

namespace Hutch.Api.Publishing;

/// <summary>
/// The public list of publications, the newest first, with a search, as a page and as an Atom feed; and the site map that names their pages
/// to search engines.
/// </summary>
internal sealed class PublicationList(
    ApiContext api, PublicationService publications, PublicationReader reader, DatasetSearch search)
{
    public const string SiteMapName = "sitemap.xml";

    /// <summary>The name of the Atom feed in <c>format=</c>.</summary>
    public const string AtomName = "atom";

    private const int PageLength = 50;
    private const int MaxCursorCharacters = 300;

    private const string NewestFirst = "-published";

    /// <summary>Writes a page of the list, in the format that the request names. Its address names the end of the page before.</summary>
    public async Task<(string MediaType, byte[] Body)> WriteAsync(HttpRequest request, CancellationToken ct)
    {
        if (publications.CheckAtZone() is { } elsewhere)
        {
            throw elsewhere.ToException();
        }

        string query = Parameter(request, "q", ListPage.MaxQueryCharacters)?.Trim() ?? "";
        string? cursor = Parameter(request, "after", MaxCursorCharacters);
        string? format = Parameter(request, "format", MaxCursorCharacters);
        if (format is not (null or AtomName))
        {
            throw ErrorCode.NotFound.With($"There is no format {Display.Quote(format)} of the list: {AtomName}.").ToException();
        }

        (IReadOnlyList<PublicationStatus> found, string? next) = query.Length == 0
            ? await NewestAsync(cursor, ct)
            : await FindAsync(query, cursor, ct);
        var works = new List<PublishedWork>();
        foreach (PublicationStatus one in found)
        {
            works.Add(new WorkBuilder(
                await reader.ReadWithoutFilesAsync(one, ct), path => PublicAddress.For(request, api.Options.PublicUrl, path),
                api.Options.Time.GetUtcNow()).Build());
        }

        string title = $"Publications of {api.Options.SiteName}";
        string Address(string? after, string? form) => AddressOf(request, query, after, form);
        if (format == AtomName)
        {
            var feed = new AtomFeed(
                title, Address(cursor, AtomName), Address(null, AtomName), Address(null, null),
                next is null ? null : Address(next, AtomName));
            return (AtomFeed.MediaType, feed.Write(works));
        }

        DatasetFacets facets = (await search.CountPublicationsAsync(query, ct)).Value;
        var page = new ListPage(
            title, AddressOf(request, "", null, null), query, works, next is null ? null : Address(next, null), Address(null, AtomName))
        {
            Facets = [.. facets.Facets.Where(static facet => facet.Values.Count > 0).Select(facet => FacetOf(request, query, facet))],
            Notes = facets.Notes,
        };
        return ("text/html; charset=utf-8", page.Write());
    }

    /// <summary>Writes the index of the site map, or the file that the request names.</summary>
    public async Task<byte[]> WriteSiteMapAsync(HttpRequest request, CancellationToken ct)
    {
        string Address(string path) => PublicAddress.For(request, api.Options.PublicUrl, path);
        if (Parameter(request, "part", MaxCursorCharacters) is not { } part)
        {
            long pages = (await publications.CountAsync(ct)).Value;
            int files = (int)Math.Clamp((pages + SiteMap.MaxAddresses - 1) / SiteMap.MaxAddresses, 1, SiteMap.MaxFiles);
            return SiteMap.WriteIndex(Enumerable.Range(1, files).Select(
                number => Address(string.Create(CultureInfo.InvariantCulture, $"{SiteMapName}?part={number}"))));
        }

        if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int asked) || asked is < 1 or > SiteMap.MaxFiles)
        {
            throw ErrorCode.BadRequest.With("'part' is no number of a file of the site map.").ToException();
        }

        IReadOnlyList<(DatasetId Dataset, DateTimeOffset ChangedAt)> found =
            (await publications.ChangesAsync((asked - 1L) * SiteMap.MaxAddresses, SiteMap.MaxAddresses, ct)).Value;
        return found.Count == 0 && asked > 1
            ? throw ErrorCode.NotFound.With("The site map has no such file.").ToException()
            : SiteMap.WriteFile(found.Select(one => (Address($"{WorkBuilder.Root}/{one.Dataset}"), one.ChangedAt)));
    }

    private async Task<(IReadOnlyList<PublicationStatus> Found, string? Next)> NewestAsync(string? cursor, CancellationToken ct)
    {
        (long, DatasetId)? after = cursor is null
            ? null
            : Parse(cursor) ?? throw ErrorCode.BadRequest.With("'after' is no place in the list.").ToException();
        IReadOnlyList<PublicationStatus> found = (await publications.NewestAsync(after, PageLength + 1, ct)).Value;
        PublicationStatus[] page = [.. found.Take(PageLength)];
        return (page, found.Count > PageLength ? Format(page[^1]) : null);
    }

    /// <summary>Searches, the newest first. Of more than can be sorted, those come first that are newest in the index.</summary>
    private async Task<(IReadOnlyList<PublicationStatus> Found, string? Next)> FindAsync(
        string query, string? cursor, CancellationToken ct)
    {
        bool isOfIndex = cursor?.All(char.IsAsciiDigit) == true;
        Result<Batch<PublicationStatus>> found =
            await search.FindPublicationsAsync(query, isOfIndex ? null : NewestFirst, cursor, PageLength, ct);
        if (!found.IsOk && cursor is null)
        {
            found = await search.FindPublicationsAsync(query, null, null, PageLength, ct);
        }

        return (found.Value.Items, found.Value.Next);
    }

    private ListFacet FacetOf(HttpRequest request, string query, DatasetFacet facet) => new(
        facet.Title,
        [
            .. facet.Values.Select(value => new ListFacetValue(
                value.Shown, value.Datasets, AddressOf(request, Narrow(query, value.Query), null, null))),
        ]);

    private static string Narrow(string query, string condition) =>
        $" {query} ".Contains($" {condition} ", StringComparison.Ordinal) ? query : $"{query} {condition}".Trim();

    private string AddressOf(HttpRequest request, string query, string? after, string? format)
    {
        string address = PublicAddress.For(request, api.Options.PublicUrl, WorkBuilder.Root);
        (string Name, string? Value)[] parameters = [("q", query.Length == 0 ? null : query), ("after", after), ("format", format)];
        IEnumerable<string> given = parameters.Where(static one => one.Value is not null)
            .Select(static one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}");
        string written = string.Join('&', given);
        return written.Length == 0 ? address : $"{address}?{written}";
    }

    private static string? Parameter(HttpRequest request, string name, int maxCharacters)
    {
        if (!request.Query.TryGetValue(name, out var values) || values is not [{ Length: > 0 } value])
        {
            return values.Count <= 1 ? null : throw ErrorCode.BadRequest.With($"'{name}' is given more than once.").ToException();
        }

        return value.Length <= maxCharacters
            ? value
            : throw ErrorCode.BadRequest.With($"'{name}' has more than {maxCharacters} characters.").ToException();
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
