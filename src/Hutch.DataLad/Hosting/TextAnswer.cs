using Hutch.DataLad.Lfs;

namespace Hutch.DataLad.Hosting;

internal static class TextAnswer
{
    private const string BusySeconds = "5";

    /// <summary>Reports the error code to Hutch's own client; other clients get the message.</summary>
    private const string CodeHeader = "Hutch-Error";

    /// <summary>The errors of an anonymous caller that a login could resolve.</summary>
    private static readonly ErrorCode[] AskedWho = [ErrorCode.NotFound, ErrorCode.Forbidden, ErrorCode.ScopeMissing];

    public static Task SendAsync(HttpContext http, string text, CancellationToken ct) => SendAsync(http, Encoding.UTF8.GetBytes(text), ct);

    public static Task SendAsync(HttpContext http, int status, string text, CancellationToken ct) =>
        SendAsync(http, status, Encoding.UTF8.GetBytes(text), ct);

    public static Task SendAsync(HttpContext http, byte[] text, CancellationToken ct) =>
        SendAsync(http, StatusCodes.Status200OK, text, ct);

    /// <summary>
    /// Answers with an error. An anonymous caller is asked for a credential, whether the dataset exists or not: the existence of a private
    /// dataset is not disclosed.
    /// </summary>
    public static Task WriteErrorAsync(HttpContext http, HutchError error, bool isToSayWho, CancellationToken ct)
    {
        bool asksWho = error.Code == ErrorCode.Unauthenticated || (isToSayWho && AskedWho.Contains(error.Code));
        http.Response.Clear();
        if (asksWho)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"Hutch\", charset=\"UTF-8\"";
            string words = isToSayWho
                ? "Log in: any name as the user, a token as the password (`hutch token create --scope read`)."
                : error.Message;
            return WriteAsync(http, StatusCodes.Status401Unauthorized, words, ct);
        }

        if (error.Code.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = error.Details?.GetValueOrDefault("retryAfterSeconds") ?? BusySeconds;
        }

        http.Response.Headers[CodeHeader] = error.Code.Name;
        return WriteAsync(http, error.Code.Status, $"{error.Message} {error.Code.Advice}".TrimEnd(), ct);
    }

    private static Task WriteAsync(HttpContext http, int status, string words, CancellationToken ct) => LfsAnswer.IsFor(http.Request)
        ? LfsAnswer.WriteErrorAsync(http, status, words, ct)
        : SendAsync(http, status, Encoding.UTF8.GetBytes(words + "\n"), ct);

    private static async Task SendAsync(HttpContext http, int status, byte[] body, CancellationToken ct)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, ct);
        }
    }
}
