using System.Net.Http.Headers;
using Hutch.Contracts;
using Hutch.Contracts.Rest;
using Hutch.Federation.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Hutch.Federation.Forwarding;

/// <summary>
/// The headers that go to the other site, and those that come back. The caller's secret stays here. Only headers of the interface come
/// back: a lying site sets no cookies at this address, and shows no pages there.
/// </summary>
internal static class ForwardedRequestHeaders
{
    private const string Root = RestCall.Root + "/";

    private static readonly string Pushes = "/" + RestCalls.Pushes.Find.At("").Path;

    private static readonly HashSet<string> NotForwarded = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Cookie", "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect",
        "Content-Length", "Forwarded", "Via", "Origin", "Referer", SiteProtocol.TokenHeader, SiteProtocol.CallerHeader,
        SiteProtocol.SequenceHeader,
    };

    private static readonly HashSet<string> ComeBack = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Type", "Content-Length", "ETag", "Last-Modified", "Location", "Retry-After", "Cache-Control", "X-Request-Id",
        HutchHeaders.ReprDigest, HutchHeaders.ContentDigest, HutchHeaders.UploadOffset, HutchHeaders.Modified, HutchHeaders.Snapshot,
        HutchHeaders.Root, HutchHeaders.Unconfirmed,
    };

    private static readonly string[] Documents = ["application/json", HutchMediaTypes.Problem, HutchMediaTypes.Lines, "text/plain"];

    /// <param name="request">The request as the caller sent it.</param>
    public static HttpRequestMessage Write(HttpRequest request, Uri site, HttpContent? body)
    {
        // As it was sent: some paths would become others when they were read and written again.
        string target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        string path = target[target.IndexOf(Root, StringComparison.OrdinalIgnoreCase)..];
        var message = new HttpRequestMessage(
            new HttpMethod(request.Method),
            new Uri(
                $"{site.GetLeftPart(UriPartial.Authority)}{SiteProtocol.Forwarded}{Root}{path[Root.Length..]}",
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Content = body,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach ((string name, StringValues values) in request.Headers)
        {
            if (!NotForwarded.Contains(name) && !name.StartsWith(':')
                && !name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
                && !message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                body?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        return message;
    }

    public static bool IsAnswer(HttpResponseMessage answer) =>
        answer.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices or >= HttpStatusCode.BadRequest
        && answer.Content.Headers.ContentEncoding.Count == 0
        && (answer.Content.Headers.ContentType is not { MediaType: var type }
            || Documents.Contains(type, StringComparer.OrdinalIgnoreCase));

    /// <summary>Begins the answer to the caller.</summary>
    public static void Copy(HttpResponseMessage answer, HttpResponse response)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, HeaderStringValues values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (ComeBack.Contains(name) && (name != "Location" || values.ToString().StartsWith(Root, StringComparison.Ordinal)))
            {
                response.Headers[name] = values.ToArray();
            }
        }
    }

    /// <summary>The push that an answer has begun; null for another answer.</summary>
    public static string? FindPush(HttpResponseMessage answer) =>
        answer is { StatusCode: HttpStatusCode.Created, Headers.Location.OriginalString: var at }
            && at.StartsWith(Pushes, StringComparison.Ordinal)
            ? at[Pushes.Length..]
            : null;
}
