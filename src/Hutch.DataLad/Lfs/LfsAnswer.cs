using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hutch.DataLad.Lfs;

/// <summary>Answers in the JSON of git-lfs, which shows the message of an error to its user.</summary>
internal static class LfsAnswer
{
    private const string ContentType = "application/vnd.git-lfs+json";

    /// <summary>Returns true if a request is one of git-lfs, whose errors are JSON.</summary>
    public static bool IsFor(HttpRequest request) => request.Path.Value?.Contains("/info/lfs/", StringComparison.Ordinal) == true;

    public static Task WriteErrorAsync(HttpContext http, int status, string words, CancellationToken ct) =>
        SendAsync(http, status, new LfsProblem(words), LfsJson.Default.LfsProblem, ct);

    public static async Task SendAsync<T>(HttpContext http, int status, T document, JsonTypeInfo<T> type, CancellationToken ct)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(document, type);
        http.Response.StatusCode = status;
        http.Response.ContentType = ContentType;
        http.Response.ContentLength = body.Length;

        // It may carry the caller's credential.
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, ct);
        }
    }
}
