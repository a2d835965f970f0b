using Hutch.S3.Errors;
using Hutch.S3.Http;

namespace Hutch.S3.Signing;

/// <summary>
/// Finds the signature of a request in the old form, <c>Authorization: AWS KEY:SIGNATURE</c> or <c>?AWSAccessKeyId=…</c>: boto3 still
/// presigns with it by default, and git-annex sends it.
/// </summary>
internal static class SignatureVersion2
{
    private const string Scheme = "AWS ";
    private const string KeyName = "AWSAccessKeyId";
    private const string ExpiresName = "Expires";
    private const string SignatureName = "Signature";
    private const string HeaderPrefix = "x-amz-";

    public static bool IsHeader(string authorization) => authorization.StartsWith(Scheme, StringComparison.Ordinal);

    public static bool IsQuery(S3Query query) => query.Has(KeyName);

    /// <summary>Moves headers that were signed with an address out of its query, where boto3 writes them. They count as headers.</summary>
    public static void TakeHeaders(S3Query query, IHeaderDictionary headers)
    {
        if (!IsQuery(query))
        {
            return;
        }

        foreach ((string name, string value) in query.Items)
        {
            bool isHeader = name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)
                || name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
                || name.Equals("content-md5", StringComparison.OrdinalIgnoreCase);
            if (isHeader && !headers.ContainsKey(name))
            {
                headers[name] = name.StartsWith(ObjectHeaders.MetadataPrefix, StringComparison.OrdinalIgnoreCase)
                    ? ObjectHeaders.Write(value)
                    : value;
            }
        }
    }

    public static RequestSignature ReadHeader(
        string method, S3Target target, IHeaderDictionary headers, string header, DateTimeOffset now)
    {
        string[] parts = header[Scheme.Length..].Trim().Split(':');
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            throw S3ErrorCode.AuthorizationHeaderMalformed.With("The header Authorization must have the form 'AWS KEY:SIGNATURE'.");
        }

        string? amzDate = headers["x-amz-date"];
        if (!RequestTime.TryParse(string.IsNullOrEmpty(amzDate) ? headers.Date : amzDate, out DateTimeOffset signedAt))
        {
            throw S3ErrorCode.AccessDenied.With("The request must have a valid header Date or x-amz-date.");
        }

        RequestSignature.CheckClock(signedAt, now);
        string date = string.IsNullOrEmpty(amzDate) ? headers.Date.ToString() : "";
        return From(method, target, headers, parts[0], date, parts[1]);
    }

    public static RequestSignature ReadQuery(string method, S3Target target, IHeaderDictionary headers, DateTimeOffset now)
    {
        string expires = target.Query.Find(ExpiresName) ?? "";
        if (target.Query.Find(SignatureName) is not { Length: > 0 } signature
            || !long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            throw S3ErrorCode.AccessDenied.With(
                $"Query-string authentication requires the Signature, Expires and {KeyName} parameters; Expires is in seconds since 1970.");
        }

        long left = seconds - now.ToUnixTimeSeconds();
        if (left < 0)
        {
            throw S3ErrorCode.AccessDenied.With("Request has expired. Create a new one.");
        }

        // It has no time of signing: the rest of its life counts.
        if (left > (RequestSignature.MaxLife + RequestSignature.MaxSkew).TotalSeconds)
        {
            throw S3ErrorCode.AccessDenied.With(
                $"The URL is valid for longer than {RequestSignature.MaxLife.TotalSeconds:0} seconds, the limit. Create another one.");
        }

        // A plus sign that was not escaped reads as a space.
        return From(method, target, headers, target.Query.Find(KeyName)!, expires, signature.Replace(' ', '+'));
    }

    private static RequestSignature From(
        string method, S3Target target, IHeaderDictionary headers, string accessKey, string date, string signature)
    {
        string? payload = headers[RequestSignature.ContentHashName];
        if (payload is SigV4.SignedChunks or SigV4.SignedChunksWithTrailer)
        {
            throw S3ErrorCode.InvalidRequest.With("Signed chunks need a request that is signed with Signature Version 4.");
        }

        return new RequestSignature(
            accessKey, null, "", payload, ToSign(method, target.SentPath, target.Query, headers, date), signature,
            OtherPaths(target).Select(path => ToSign(method, path, target.Query, headers, date)));
    }

    /// <summary>
    /// As versions of botocore sign the path: a bucket with a slash behind it, which they do not send, or with what their model has behind
    /// the path of the operation.
    /// </summary>
    private static IEnumerable<string> OtherPaths(S3Target target)
    {
        if (target is { Bucket: not null, Key: null } && !target.SentPath.EndsWith('/'))
        {
            yield return target.SentPath + "/";
        }

        if (target.Query.Items is [(string name, string value), ..])
        {
            yield return $"{target.SentPath}?{(value.Length == 0 ? name : $"{name}={value}")}";
        }
    }

    private static string ToSign(
        string method, string path, S3Query query, IHeaderDictionary headers, string date) => SigV2.StringToSign(
        method,
        headers.ContentMD5.ToString(),
        headers.ContentType.ToString(),
        date,
        headers.Where(header => header.Key.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            .Select(header => new KeyValuePair<string, string>(
                header.Key.ToLowerInvariant(), RequestSignature.ValueOf(headers, header.Key))),
        SigV2.Resource(path, query.Items));
}
