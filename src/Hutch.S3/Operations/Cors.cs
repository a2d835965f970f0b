using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;

namespace Hutch.S3.Operations;

/// <summary>Cross-origin access to a bucket: the stored rules, and the headers that follow from them.</summary>
internal static class Cors
{
    private const string Root = "CORSConfiguration";
    private const string Setting = "s3.cors";
    private const int MaxRules = 100;

    private static readonly HashSet<string> Methods = ["GET", "PUT", "POST", "DELETE", "HEAD"];

    public static async Task GetAsync(S3Request request)
    {
        (BucketVersion bucket, _) = await RequestedBucket.FindLiveAsync(request);
        Result<string?> found = await request.Reader.Settings.FindAsync(request.Caller, bucket.Dataset, Setting, request.Aborted);
        string? document = found.IsOk ? found.Value : throw S3Errors.OfBucket(found.Error);
        if (document is null)
        {
            throw S3ErrorCode.NoSuchCorsConfiguration.With("The CORS configuration does not exist.");
        }

        request.Http.Response.ContentType = XmlAnswer.ContentType;
        await request.Http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(document), request.Aborted);
    }

    public static async Task PutAsync(S3Request request)
    {
        XElement document = await XmlBody.ReadAsync(request, Root);
        XElement[] rules = [.. document.Children("CORSRule")];
        if (rules.Length is 0 or > MaxRules)
        {
            throw S3ErrorCode.MalformedXml.With($"A configuration must have 1 to {MaxRules} rules.");
        }

        foreach (XElement rule in rules)
        {
            string? wrong = rule.Children("AllowedMethod").Select(method => method.Value)
                .FirstOrDefault(method => !Methods.Contains(method));
            if (rule.Elements().Any(element => element.Value.Any(char.IsControl)))
            {
                throw S3ErrorCode.InvalidRequest.With("A rule contains a control character.");
            }

            if (wrong is not null || !rule.Children("AllowedMethod").Any() || !rule.Children("AllowedOrigin").Any())
            {
                throw S3ErrorCode.InvalidRequest.With(
                    "Each rule needs AllowedOrigin and AllowedMethod, one of GET, PUT, POST, DELETE and HEAD.");
            }
        }

        await SetAsync(request, document.ToString(SaveOptions.DisableFormatting));
    }

    public static async Task DeleteAsync(S3Request request)
    {
        await SetAsync(request, null);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Answers a browser's preflight request. It has no signature, so the answer shows nothing but the rules.</summary>
    public static async Task PreflightAsync(S3Request request)
    {
        string? origin = request.Header("Origin");
        string? method = request.Header("Access-Control-Request-Method");
        XElement? rule = origin is null || method is null ? null : await FindRuleAsync(request, origin, method);
        string[] wanted = (request.Header("Access-Control-Request-Headers") ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (rule is null || !wanted.All(header => rule.Children("AllowedHeader").Any(allowed => Matches(allowed.Value, header))))
        {
            throw S3ErrorCode.AccessDenied.With("CORSResponse: This CORS request is not allowed.");
        }

        WriteHeaders(request.Http.Response, rule, origin!, method!);
        if (wanted.Length > 0)
        {
            request.Http.Response.Headers.AccessControlAllowHeaders = string.Join(", ", wanted);
        }
    }

    /// <summary>Adds the headers for a page of another origin, when a rule lets it.</summary>
    public static ValueTask AddHeadersAsync(S3Request request) =>
        request.Target.Bucket is not null && request.Header("Origin") is { } origin
            ? AddHeadersAsync(request, origin)
            : ValueTask.CompletedTask;

    private static async ValueTask AddHeadersAsync(S3Request request, string origin)
    {
        if (await FindRuleAsync(request, origin, request.Http.Request.Method) is { } rule)
        {
            WriteHeaders(request.Http.Response, rule, origin, request.Http.Request.Method);
        }
    }

    private static async ValueTask<XElement?> FindRuleAsync(S3Request request, string origin, string method)
    {
        try
        {
            BucketVersion bucket = await request.S3.Buckets.FindForRulesAsync(request.Caller, request.Bucket, request.Aborted);
            string? document = await request.Reader.Settings.FindAsync(bucket.Dataset, Setting, request.Aborted);
            XElement? rules = document is null ? null : XmlBody.Parse(Encoding.UTF8.GetBytes(document), Root);
            return rules?.Children("CORSRule").FirstOrDefault(rule =>
                rule.Children("AllowedOrigin").Any(allowed => Matches(allowed.Value, origin))
                && rule.Children("AllowedMethod").Any(allowed => allowed.Value == method));
        }
        catch (S3Exception)
        {
            // No bucket, no rules; the request itself gets the error.
            return null;
        }
    }

    private static void WriteHeaders(HttpResponse response, XElement rule, string origin, string method)
    {
        IHeaderDictionary headers = response.Headers;
        bool isAny = rule.Children("AllowedOrigin").Any(allowed => allowed.Value == "*");
        headers.AccessControlAllowOrigin = isAny ? "*" : origin;
        headers.AccessControlAllowMethods = string.Join(", ", rule.Children("AllowedMethod").Select(allowed => allowed.Value));
        headers.Vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
        string[] exposed = [.. rule.Children("ExposeHeader").Select(header => header.Value)];
        if (exposed.Length > 0)
        {
            headers.AccessControlExposeHeaders = string.Join(", ", exposed);
        }

        if (int.TryParse(rule.Text("MaxAgeSeconds"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
        {
            headers.AccessControlMaxAge = seconds.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Matches a pattern in which one star means any text.</summary>
    private static bool Matches(string pattern, string text)
    {
        int star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? string.Equals(pattern, text, StringComparison.OrdinalIgnoreCase)
            : text.Length >= pattern.Length - 1
                && text.StartsWith(pattern[..star], StringComparison.OrdinalIgnoreCase)
                && text.EndsWith(pattern[(star + 1)..], StringComparison.OrdinalIgnoreCase);
    }

    private static async Task SetAsync(S3Request request, string? document)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        Result<Done> set = await request.S3.Datasets.Settings.SetAsync(request.Caller, bucket.Dataset, Setting, document, request.Aborted);
        if (!set.IsOk)
        {
            throw S3Errors.OfBucket(set.Error);
        }
    }
}
