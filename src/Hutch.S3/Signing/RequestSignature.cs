using Hutch.S3.Errors;
using Hutch.S3.Http;

namespace Hutch.S3.Signing;

/// <summary>Finds the signature of a request, checks its time and form, and builds the string to sign.</summary>
internal sealed class RequestSignature
{
    private const string AlgorithmName = "X-Amz-Algorithm";
    private const string CredentialName = "X-Amz-Credential";
    private const string DateName = "X-Amz-Date";
    private const string ExpiresName = "X-Amz-Expires";
    private const string SignedHeadersName = "X-Amz-SignedHeaders";
    private const string SignatureName = "X-Amz-Signature";
    public const string ContentHashName = "x-amz-content-sha256";
    private const int MaxSignedHeaders = 100;

    /// <summary>The maximum difference between the clocks of client and server.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(7);

    public RequestSignature(
        string accessKey, CredentialScope? scope, string time, string? payload, string stringToSign, string signature,
        IEnumerable<string> otherStringsToSign)
    {
        OtherStringsToSign = otherStringsToSign;
        AccessKey = accessKey;
        Scope = scope;
        Time = time;
        Payload = payload;
        StringToSign = stringToSign;
        Signature = signature;
    }

    public string AccessKey { get; }

    /// <summary>For which day and region; null in Signature Version 2, which knows neither.</summary>
    public CredentialScope? Scope { get; }

    /// <summary>Time of signing, as written in the request.</summary>
    public string Time { get; }

    /// <summary>The hash of the body, or a word in its place; null if there is none, as Signature Version 2 allows.</summary>
    public string? Payload { get; }

    public string StringToSign { get; }

    /// <summary>
    /// The same as a client signs it that errs in a known way: git-annex leaves the port of the host out. Made when they are asked for.
    /// </summary>
    public IEnumerable<string> OtherStringsToSign { get; }

    /// <summary>The signature in hex, or in base64 in Signature Version 2.</summary>
    public string Signature { get; }

    /// <summary>The signed host; null in Signature Version 2, which covers none.</summary>
    public string? Host { get; private init; }

    /// <summary>True if it is in the query: a presigned address.</summary>
    public bool IsPresigned { get; init; }

    /// <param name="isForHere">True if the signed host is a name of this server.</param>
    public S3Proof ToProof(bool isForHere) => new(
        AccessKey, Scope is null ? null : new S3Day(Scope.Date, Scope.Region), StringToSign, Signature, OtherStringsToSign)
    {
        Host = Host,
        IsForHere = isForHere,
    };

    /// <summary>Reads the signature of a request; null if it has none. Throws for a faulty one.</summary>
    public static RequestSignature? Read(
        string method, S3Target target, IHeaderDictionary headers, DateTimeOffset now, bool takesVersion2)
    {
        // HTTP libraries send the password of ~/.netrc for a host to all of its ports. It is no signature.
        string? header = headers.Authorization is [{ } only] && only.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            ? null
            : headers.Authorization.ToString();
        bool isVersion2 = string.IsNullOrEmpty(header) ? SignatureVersion2.IsQuery(target.Query) : SignatureVersion2.IsHeader(header);
        if (isVersion2 && !takesVersion2)
        {
            throw S3ErrorCode.InvalidRequest.With(
                "Signature Version 2 is turned off here. Please use AWS4-HMAC-SHA256 (Signature Version 4).");
        }

        bool isPresigned = target.Query.Has(SignatureName) || target.Query.Has(AlgorithmName) || SignatureVersion2.IsQuery(target.Query);
        if (!string.IsNullOrEmpty(header))
        {
            return isPresigned
                ? throw S3ErrorCode.InvalidRequest.With("The request is signed twice, by header and by query. Sign it once.")
                : isVersion2 ? SignatureVersion2.ReadHeader(method, target, headers, header, now)
                : ReadHeader(method, target, headers, header, now);
        }

        return isVersion2 ? SignatureVersion2.ReadQuery(method, target, headers, now)
            : isPresigned ? ReadQuery(method, target, headers, now)
            : null;
    }

    /// <summary>The clocks of client and server may differ, but not too much.</summary>
    public static void CheckClock(DateTimeOffset signedAt, DateTimeOffset now)
    {
        if ((now - signedAt).Duration() > MaxSkew)
        {
            throw S3ErrorCode.RequestTimeTooSkewed.With(
                "The difference between the request time and the server's time is too large. "
                + $"It was signed at {signedAt:yyyy-MM-dd HH:mm:ss} UTC, but here it is {now.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. "
                + "Correct your clock.");
        }
    }

    private static RequestSignature ReadHeader(string method, S3Target target, IHeaderDictionary headers, string header, DateTimeOffset now)
    {
        if (!AuthorizationHeader.TryParse(header, out AuthorizationHeader? authorization, out string? fault))
        {
            throw S3ErrorCode.AuthorizationHeaderMalformed.With(fault);
        }

        string? payload = headers[ContentHashName];
        if (string.IsNullOrEmpty(payload))
        {
            throw S3ErrorCode.InvalidRequest.With($"The header {ContentHashName} is missing.");
        }

        string time = ReadTime(headers, authorization.Credential, out DateTimeOffset signedAt);
        CheckClock(signedAt, now);
        List<KeyValuePair<string, string>> covered = Covered(headers, authorization.SignedHeaders);
        string ToSign() => SigV4.StringToSign(
            time,
            authorization.Credential.Scope,
            SigV4.CanonicalRequest(method, target.Path, target.Query.Items, covered, authorization.SignedHeaders, payload));
        return new RequestSignature(
            authorization.Credential.AccessKey, authorization.Credential, time, payload, ToSign(), authorization.Signature,
            WithoutPort(headers, covered, ToSign))
        {
            Host = headers.Host.ToString(),
        };
    }

    private static RequestSignature ReadQuery(string method, S3Target target, IHeaderDictionary headers, DateTimeOffset now)
    {
        S3Query query = target.Query;
        if (query.Find(AlgorithmName) != SigV4.Algorithm)
        {
            throw S3ErrorCode.AuthorizationQueryParametersError.With($"{AlgorithmName} must be {SigV4.Algorithm}.");
        }

        if (!CredentialScope.TryParse(query.Find(CredentialName) ?? "", out CredentialScope? credential, out string? fault))
        {
            throw S3ErrorCode.AuthorizationQueryParametersError.With(fault);
        }

        string time = query.Find(DateName) ?? "";
        if (!TryParseTime(time, out DateTimeOffset signedAt) || !time.StartsWith(credential.Date, StringComparison.Ordinal))
        {
            throw S3ErrorCode.AuthorizationQueryParametersError.With(
                $"{DateName} must have the form 20130524T000000Z, with the date of the credential.");
        }

        CheckLife(query.Find(ExpiresName), signedAt, now);
        string signedHeaders = query.Find(SignedHeadersName) ?? "";
        string payload = headers[ContentHashName] is [{ Length: > 0 } hash] ? hash : SigV4.UnsignedPayload;
        List<KeyValuePair<string, string>> covered = [.. query.Items.Where(item => item.Key != SignatureName)];
        string canonical = SigV4.CanonicalRequest(method, target.Path, covered, Covered(headers, signedHeaders), signedHeaders, payload);
        return new RequestSignature(
            credential.AccessKey, credential, time, payload, SigV4.StringToSign(time, credential.Scope, canonical),
            query.Find(SignatureName) ?? "", [])
        {
            Host = headers.Host.ToString(),
            IsPresigned = true,
        };
    }

    private static void CheckLife(string? text, DateTimeOffset signedAt, DateTimeOffset now)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            || seconds < 1
            || seconds > MaxLife.TotalSeconds)
        {
            throw S3ErrorCode.AuthorizationQueryParametersError.With($"{ExpiresName} must be 1 to {MaxLife.TotalSeconds:0} seconds.");
        }

        if (signedAt - now > MaxSkew)
        {
            throw S3ErrorCode.AccessDenied.With(
                "The URL is not valid yet: it was signed in the future. Correct the clock of the signer.");
        }

        if (signedAt.AddSeconds(seconds) < now)
        {
            throw S3ErrorCode.AccessDenied.With(
                $"Request has expired: the URL was valid until {signedAt.AddSeconds(seconds):yyyy-MM-dd HH:mm:ss} UTC. "
                + "Create a new one.");
        }
    }

    /// <summary>The signed headers in their order. The host, and whatever begins with <c>x-amz-</c>, must be among them.</summary>
    private static List<KeyValuePair<string, string>> Covered(IHeaderDictionary headers, string signedHeaders)
    {
        string[] names = signedHeaders.Split(';');
        if (names.Length > MaxSignedHeaders || !names.Contains("host"))
        {
            throw S3ErrorCode.AccessDenied.With("The header Host must be signed, and at most 100 headers may be signed.");
        }

        foreach (string present in headers.Keys)
        {
            if (present.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !names.Contains(present.ToLowerInvariant()))
            {
                throw S3ErrorCode.AccessDenied.With($"The header {Display.Quote(present)} is not signed; every x-amz-… header must be.");
            }
        }

        return [.. names.Select(name => new KeyValuePair<string, string>(name, ValueOf(headers, name)))];
    }

    /// <summary>The value of a header as clients sign it: as text.</summary>
    public static string ValueOf(IHeaderDictionary headers, string name) =>
        name.StartsWith(ObjectHeaders.MetadataPrefix, StringComparison.OrdinalIgnoreCase)
            ? ObjectHeaders.Read(headers[name].ToString(), out _)
            : headers[name].ToString();

    private static IEnumerable<string> WithoutPort(
        IHeaderDictionary headers, List<KeyValuePair<string, string>> covered, Func<string> toSign)
    {
        string host = headers.Host.ToString();
        int colon = host.LastIndexOf(':');
        if (colon > 0 && !host.EndsWith(']'))
        {
            covered[covered.FindIndex(header => header.Key == "host")] = new KeyValuePair<string, string>("host", host[..colon]);
            yield return toSign();
        }
    }

    private static string ReadTime(IHeaderDictionary headers, CredentialScope credential, out DateTimeOffset signedAt)
    {
        string? text = headers["x-amz-date"];
        if (string.IsNullOrEmpty(text))
        {
            // Without it, the header Date counts.
            if (!RequestTime.TryParse(headers.Date, out signedAt))
            {
                throw S3ErrorCode.AccessDenied.With("The request must have a valid header x-amz-date or Date.");
            }

            text = signedAt.UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        }
        else if (!TryParseTime(text, out signedAt))
        {
            throw S3ErrorCode.AccessDenied.With("The header x-amz-date must have the form 20130524T000000Z.");
        }

        return text.StartsWith(credential.Date, StringComparison.Ordinal)
            ? text
            : throw S3ErrorCode.AuthorizationHeaderMalformed.With("The date of the credential is not the date of the request.");
    }

    public static bool TryParseTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, SigV4.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
