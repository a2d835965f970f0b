namespace Hutch.Api.Portal;

/// <summary>
/// Serves the portal: its files, and its page for every browser address outside the interface. The answers are the same for everyone, so
/// that it authenticates no one.
/// </summary>
internal sealed class PortalMiddleware
{
    private const string Assets = "assets/";
    private const string Forever = "public, max-age=31536000, immutable";
    private const string AskAgain = "no-cache";

    // The worker that hashes files compiles its own WebAssembly; pages may not.
    private const string WorkerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

    private static readonly string[] NotOurs = ["api", "health", "metrics", "openapi", "docs", "s3"];

    private readonly PortalFiles _files;
    private readonly Func<ServerInfo?> _server;
    private readonly PortalPage? _page;

    public PortalMiddleware(PortalFiles files, Func<ServerInfo?> server)
    {
        _files = files;
        _server = server;
        _page = files.Find(PortalFiles.Index) is { } index ? new PortalPage(index.ReadPlain()) : null;
    }

    public RequestDelegate Wrap(RequestDelegate next) => http => TryServe(http) ?? next(http);

    /// <summary>The policy of the portal's page: its own files and its own server, nothing else.</summary>
    internal static string PagePolicy(string nonce) =>
        $"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; connect-src 'self'; "
        + "worker-src 'self'; frame-src 'self'; media-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'self'; "
        + "form-action 'self'; frame-ancestors 'none'";

    private Task? TryServe(HttpContext http)
    {
        HttpRequest request = http.Request;
        if (_page is null || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            || request.Headers.TransferEncoding.Count > 0)
        {
            // A request with a body is the next door's, which checks its length.
            return null;
        }

        string path = request.Path.Value?.TrimStart('/') ?? "";
        if (path != PortalFiles.Index && _files.Find(path) is { } file)
        {
            return SendFileAsync(http, path, file);
        }

        return IsPage(request, path) ? SendPageAsync(http, _page) : null;
    }

    private static bool IsPage(HttpRequest request, string path) =>
        !NotOurs.Contains(path.Split('/')[0], StringComparer.Ordinal)
        && !path.StartsWith(Assets, StringComparison.Ordinal)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private Task SendPageAsync(HttpContext http, PortalPage page)
    {
        string nonce = PortalPage.NewNonce();
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = PagePolicy(nonce);
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
        headers.CacheControl = AskAgain;
        return SendAsync(
            http, "text/html; charset=utf-8", new MemoryStream(page.Write(http.Request.PathBase.ToUriComponent(), nonce, _server())));
    }

    private static Task SendFileAsync(HttpContext http, string path, PortalFile file)
    {
        (Func<Stream> open, string? coding) = file.Choose(http.Request.Headers.AcceptEncoding.ToString());
        IHeaderDictionary headers = http.Response.Headers;
        headers.CacheControl = path.StartsWith(Assets, StringComparison.Ordinal) ? Forever : AskAgain;
        headers.Vary = "Accept-Encoding";
        headers.ContentSecurityPolicy = WorkerPolicy;
        if (coding is not null)
        {
            headers.ContentEncoding = coding;
        }

        return SendAsync(http, file.ContentType, open());
    }

    private static async Task SendAsync(HttpContext http, string contentType, Stream content)
    {
        await using Stream body = content;
        HttpResponse response = http.Response;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await body.CopyToAsync(response.Body, http.RequestAborted);
        }
    }
}
