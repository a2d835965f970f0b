using Hutch.Api.Http;
using Hutch.Publishing.Formats;
using Hutch.Publishing.Links;
using Hutch.Publishing.Pages;
using Hutch.Publishing.Works;
using Microsoft.Extensions.Logging;

namespace Hutch.Api.Publishing;

/// <summary>
/// The public pages of publications, <c>/publications/ID</c>, their list, <c>/publications</c>, and the lists for search engines,
/// harvesters and portals, <c>/sitemap.xml</c>, <c>/oai</c> and <c>/panosc/api</c>, without authentication or cookies. Whatever a request
/// accepts, it gets the page, or the form of it that it names.
/// </summary>
internal sealed class PublicationDoor(
    ApiContext api, PublicationService publications, PublicationReader reader, DatasetSearch search, ILogger<PublicationDoor> logger)
    : RequestPipeline<HttpContext, HutchError>(api.View, logger), IPathDoor
{
    private const string Html = "text/html; charset=utf-8";

    private const string Json = "application/json; charset=utf-8";

    private const string Xml = "text/xml; charset=utf-8";

    private readonly OaiAnswers _harvest = new(api, publications);
    private readonly PublicationList _list = new(api, publications, reader, search);
    private readonly PanAnswers _pan = new(api, publications, reader, search);

    public bool Serves(PathString path) =>
        path.StartsWithSegments("/" + WorkBuilder.Root, StringComparison.Ordinal) || IsHarvest(path) || IsSiteMap(path) || IsPan(path);

    protected override HttpContext Begin(HttpContext http) => http;

    protected override IDisposable Enter(HttpContext http, HttpContext exchange, Caller caller) =>
        BeginScope(api.Requests, http, caller, "pages", "publication");

    protected override Task RunAsync(HttpContext http, HttpContext exchange, Caller caller) => AnswerAsync(http, http.RequestAborted);

    protected override HutchError ToError(HttpContext http, HttpContext exchange, Exception exception, out bool isFault) =>
        Problems.ToError(exception, out isFault);

    protected override Task WriteErrorAsync(HttpContext http, HttpContext exchange, HutchError refusal)
    {
        http.Response.Clear();
        if (IsPan(http.Request.Path))
        {
            byte[] error = Encoding.UTF8.GetBytes(PanAnswers.Error(refusal).ToJsonString());
            return SendAsync(http, refusal.Code.Status, Json, error, http.RequestAborted);
        }

        return SendAsync(http, refusal.Code.Status, Html, PageFrame.Message(refusal.Code.Title, refusal.Message), http.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext http, CancellationToken ct)
    {
        HttpRequest request = http.Request;
        if (IsHarvest(request.Path) && (HttpMethods.IsGet(request.Method) || HttpMethods.IsPost(request.Method)))
        {
            await SendAsync(http, StatusCodes.Status200OK, Xml, await _harvest.AnswerAsync(http, ct), ct);
            return;
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD";
            await SendAsync(
                http, StatusCodes.Status405MethodNotAllowed, Html, PageFrame.Message("Not allowed", "Pages can only be read."), ct);
            return;
        }

        if (IsSiteMap(request.Path))
        {
            await SendAsync(http, StatusCodes.Status200OK, Xml, await _list.WriteSiteMapAsync(request, ct), ct);
            return;
        }

        if (IsPan(request.Path))
        {
            string[] names = request.Path.Value![(PanAnswers.Root.Length + 1)..].Trim('/').Split('/');
            byte[] answer = Encoding.UTF8.GetBytes((await _pan.AnswerAsync(request, names, ct)).ToJsonString());
            await SendAsync(http, StatusCodes.Status200OK, Json, answer, ct);
            return;
        }

        string[] parts = request.Path.Value!.Trim('/').Split('/');
        if (parts.Length == 1)
        {
            (string mediaType, byte[] body) = await _list.WriteAsync(request, ct);
            await SendAsync(http, StatusCodes.Status200OK, mediaType, body, ct, PageStyle.ListPolicy);
            return;
        }

        if (parts is [_, WorkBuilder.LogoName] && api.Options.Logo is { } logo)
        {
            await SendAsync(http, StatusCodes.Status200OK, logo.MediaType, logo.Bytes, ct);
            return;
        }

        bool isSeries = parts.Length == 3 && parts[2] == WorkBuilder.Versions;
        if (!(parts.Length == 2 || isSeries) || !DatasetId.TryParse(parts[1], out DatasetId dataset))
        {
            throw ErrorCode.NotFound.With("There is no such page.").ToException();
        }

        PublishedWork work = await ReadAsync(http, dataset, ct);
        if (isSeries)
        {
            await AnswerSeriesAsync(http, work, ct);
        }
        else
        {
            await AnswerWorkAsync(http, work, ct);
        }
    }

    private static bool IsHarvest(PathString path) => path.Value == "/" + OaiAnswers.Path;

    private static bool IsPan(PathString path) => path.StartsWithSegments("/" + PanAnswers.Root, StringComparison.Ordinal);

    private static bool IsSiteMap(PathString path) => path.Value == "/" + PublicationList.SiteMapName;

    private async Task<PublishedWork> ReadAsync(HttpContext http, DatasetId dataset, CancellationToken ct)
    {
        ReadPublication found = (await reader.ReadAsync(dataset, ct)).Value;
        return new WorkBuilder(
            found, path => PublicAddress.For(http.Request, api.Options.PublicUrl, path), api.Options.Time.GetUtcNow(),
            hasLogo: api.Options.Logo is not null).Build();
    }

    private async Task AnswerSeriesAsync(HttpContext http, PublishedWork asked, CancellationToken ct)
    {
        if (asked.Version.Series != asked.Dataset)
        {
            http.Response.Redirect(asked.Addresses.Series);
            return;
        }

        DatasetId newest = asked.NewestShown.Dataset;
        PublishedWork shown = newest == asked.Dataset ? asked : await ReadAsync(http, newest, ct);
        http.Response.Headers.Link = $"<{shown.SeriesIdentifier}>; rel=\"cite-as\", <{shown.Addresses.Page}>; rel=\"latest-version\"";
        await SendAsync(http, StatusCodes.Status200OK, Html, PageFrame.Series(shown), ct);
    }

    private static async Task AnswerWorkAsync(HttpContext http, PublishedWork work, CancellationToken ct)
    {
        HttpRequest request = http.Request;
        string? asked = request.Query.TryGetValue("format", out var values) && values is [{ Length: > 0 } name] ? name : null;
        http.Response.Headers.Vary = "Accept";
        http.Response.Headers.Link = Signposting.Header(work);
        if ((asked ?? Negotiation.FormatOf(request.Headers.Accept)) is not { } wanted)
        {
            int status = work.IsWithdrawn ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
            await SendAsync(http, status, Html, LandingPage.Write(work), ct);
            return;
        }

        if (wanted == Signposting.FormatName)
        {
            await SendAsync(
                http, StatusCodes.Status200OK, Signposting.MediaType, Encoding.UTF8.GetBytes(Signposting.Write(work).ToJsonString()), ct);
            return;
        }

        WorkFormat format = WorkFormat.OfName(wanted) ?? throw ErrorCode.NotFound.With(
            $"There is no format {Display.Quote(wanted)}: {string.Join(", ", WorkFormat.All.Select(static one => one.Name))}.")
            .ToException();
        await SendAsync(http, StatusCodes.Status200OK, format.MediaType + "; charset=utf-8", format.Write(work), ct);
    }

    private static async Task SendAsync(
        HttpContext http, int status, string contentType, byte[] body, CancellationToken ct, string? policy = null)
    {
        HttpResponse response = http.Response;
        if (status == StatusCodes.Status200OK)
        {
            BlobHash hash = BlobHash.Compute(body);
            response.Headers.ETag = EntityTags.For(hash);
            status = EntityTags.Match(http.Request.Headers.IfNoneMatch, hash) ? StatusCodes.Status304NotModified : status;
        }

        response.StatusCode = status;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["X-Request-Id"] = http.TraceIdentifier;
        response.Headers.ContentSecurityPolicy = policy ?? PageStyle.Policy;
        response.Headers.CacheControl = "no-cache";

        // Anybody may read it from any page: it is the same for everybody.
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "Link";
        if (status == StatusCodes.Status304NotModified)
        {
            return;
        }

        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(body, ct);
        }
    }
}
