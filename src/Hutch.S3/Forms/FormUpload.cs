using Hutch.S3.Errors;
using Hutch.S3.Http;
using Hutch.S3.Signing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Hutch.S3.Forms;

/// <summary>
/// An upload by an HTML form (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html): fields with a signed policy, and a
/// file, which comes last and is not kept in memory.
/// </summary>
internal sealed class FormUpload
{
    private const int MaxFields = 100;
    private const int MaxFieldBytes = 64 << 10;
    private const int MaxPartHeaders = 16;
    private const int MaxPartHeaderBytes = 16 << 10;
    private const int MaxBoundary = 200;
    private const string AmzPrefix = "x-amz-";

    // Fields of the signature; the others that begin so have the meaning of a header.
    private static readonly string[] OfSignature =
        ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "x-amz-security-token"];

    private static readonly string[] OfObject = ["Content-Type", "Content-MD5", .. ObjectHeaders.Content];

    private readonly Dictionary<string, string> _fields;
    private readonly string _bucket;
    private readonly PostPolicy _policy;

    private FormUpload(Dictionary<string, string> fields, string bucket, DateTimeOffset now)
    {
        _fields = fields;
        _bucket = bucket;
        _policy = PostPolicy.Parse(Require("policy"), now);
    }

    /// <summary>The bytes of the file.</summary>
    public required PipeReader File { get; init; }

    public string Key => Require("key");

    /// <summary>The status of the answer, if the form asks for one that there is; else null.</summary>
    public int? SuccessStatus => _fields.GetValueOrDefault("success_action_status") switch
    {
        "200" => StatusCodes.Status200OK,
        "201" => StatusCodes.Status201Created,
        _ => null,
    };

    /// <summary>The page to which a browser goes afterwards; null for none. Other addresses are passed over, as AWS does.</summary>
    public Uri? SuccessPage =>
        (_fields.GetValueOrDefault("success_action_redirect") ?? _fields.GetValueOrDefault("redirect")) is { } address
        && Uri.TryCreate(address, UriKind.Absolute, out Uri? page)
        && (page.Scheme == Uri.UriSchemeHttp || page.Scheme == Uri.UriSchemeHttps)
            ? page
            : null;

    /// <summary>The tags of the object, in the document of PutObjectTagging; null for none.</summary>
    public string? Tagging => _fields.GetValueOrDefault("tagging");

    /// <summary>The most bytes that the file may have.</summary>
    public long MaxBytes(long limit) => Math.Min(limit, _policy.MostBytes);

    /// <summary>Reads the fields up to the file, and checks them by the policy, whose signature is checked by the caller.</summary>
    public static async Task<FormUpload> OpenAsync(HttpContext http, S3Options options, TimeProvider time, string bucket)
    {
        var body = new IdleTimeoutBody(http.Request.BodyReader, TimeSpan.FromSeconds(options.BodyIdleSeconds), time);
        var stream = new FormStream(body.AsStream(leaveOpen: true));
        var parts = new MultipartReader(Boundary(http.Request.ContentType), stream)
        {
            HeadersCountLimit = MaxPartHeaders,
            HeadersLengthLimit = MaxPartHeaderBytes,
        };
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int left = MaxFieldBytes;
        while (await NextAsync(parts, http.RequestAborted) is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out ContentDispositionHeaderValue? disposition)
                || HeaderUtilities.RemoveQuotes(disposition.Name).ToString() is not { Length: > 0 } name)
            {
                throw Malformed("A part of the form has no name.");
            }

            if (name.Equals("file", StringComparison.OrdinalIgnoreCase))
            {
                fields["bucket"] = bucket;
                fields["key"] = WithFileName(fields.GetValueOrDefault("key"), disposition);
                return new FormUpload(fields, bucket, time.GetUtcNow()) { File = PipeReader.Create(new FormStream(part.Body)) }.Checked();
            }

            byte[] value = await ReadFieldAsync(new FormStream(part.Body), left, http.RequestAborted);
            left -= value.Length + name.Length;
            if (left < 0 || fields.Count == MaxFields || !fields.TryAdd(name, Encoding.UTF8.GetString(value)))
            {
                throw Malformed($"The form has a field twice, or more than {MaxFields} fields or {MaxFieldBytes} bytes before the file.");
            }
        }

        throw S3ErrorCode.InvalidArgument.With(
            "POST requires exactly one file upload per request: a field named 'file', after all others.");
    }

    /// <summary>Reads who signed the policy, and how.</summary>
    public RequestSignature Signature(bool takesVersion2, DateTimeOffset now)
    {
        string policy = Require("policy");
        if (_fields.TryGetValue("AWSAccessKeyId", out string? accessKey) && takesVersion2)
        {
            return new RequestSignature(accessKey, null, "", null, policy, Require("signature"), []);
        }

        if (Require("x-amz-algorithm") != SigV4.Algorithm)
        {
            throw S3ErrorCode.InvalidArgument.With($"The field x-amz-algorithm must be {SigV4.Algorithm}.");
        }

        string time = Require("x-amz-date");
        if (!CredentialScope.TryParse(Require("x-amz-credential"), out CredentialScope? scope, out string? fault))
        {
            throw S3ErrorCode.InvalidArgument.With(fault);
        }

        if (!RequestSignature.TryParseTime(time, out DateTimeOffset signedAt) || !time.StartsWith(scope.Date, StringComparison.Ordinal))
        {
            throw S3ErrorCode.InvalidArgument.With(
                "The field x-amz-date must have the form 20130524T000000Z, with the date of the credential.");
        }

        return signedAt - now > RequestSignature.MaxSkew || now - signedAt > RequestSignature.MaxLife
            ? throw S3ErrorCode.AccessDenied.With("The form was signed in the future, or more than seven days ago.")
            : new RequestSignature(
                scope.AccessKey, scope, time, SigV4.UnsignedPayload, policy, Require("x-amz-signature"), [])
            { IsPresigned = true };
    }

    /// <summary>Puts the fields of the object in the place of the request's own headers, which are not signed.</summary>
    public void TakeHeaders(IHeaderDictionary headers)
    {
        foreach (string name in headers.Keys.Where(IsOfObject).ToList())
        {
            headers.Remove(name);
        }

        foreach ((string name, string value) in _fields)
        {
            if ((IsOfObject(name) || name.Equals("acl", StringComparison.OrdinalIgnoreCase)) && value.Any(char.IsControl))
            {
                throw Malformed($"The field {Display.Quote(name)} has a line break or another character that no header can have.");
            }

            if (name.Equals("acl", StringComparison.OrdinalIgnoreCase))
            {
                headers["x-amz-acl"] = value;
            }
            else if (IsOfObject(name) && !OfSignature.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                headers[name] = name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
                    ? name.StartsWith(ObjectHeaders.MetadataPrefix, StringComparison.OrdinalIgnoreCase) ? ObjectHeaders.Write(value) : value
                    : throw Malformed($"The field {Display.Quote(name)} has a name that no header can have.");
            }
        }
    }

    /// <summary>Refuses a file with fewer bytes than the policy wants.</summary>
    public void CheckLength(long bytes)
    {
        if (bytes < _policy.LeastBytes)
        {
            throw S3ErrorCode.EntityTooSmall.With(
                $"Your proposed upload of {bytes} bytes is smaller than the minimum allowed size of {_policy.LeastBytes} bytes.");
        }
    }

    private static bool IsOfObject(string name) =>
        name.StartsWith(AmzPrefix, StringComparison.OrdinalIgnoreCase) || OfObject.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string Boundary(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= MaxBoundary } boundary
            ? boundary.ToString()
            : throw new S3Exception(new S3Error(
                S3ErrorCode.PreconditionFailed, "Bucket POST must be of the enclosure-type multipart/form-data, with a boundary."));

    private static async Task<MultipartSection?> NextAsync(MultipartReader parts, CancellationToken ct)
    {
        try
        {
            return await parts.ReadNextSectionAsync(ct);
        }
        catch (InvalidDataException e)
        {
            throw Malformed(e.Message);
        }
        catch (IOException e) when (FormStream.IsCut(e))
        {
            throw FormStream.Incomplete();
        }
    }

    private static async Task<byte[]> ReadFieldAsync(Stream field, int most, CancellationToken ct)
    {
        using var value = new MemoryStream();
        byte[] buffer = new byte[4096];
        for (int read; value.Length <= most && (read = await field.ReadAsync(buffer, ct)) > 0;)
        {
            value.Write(buffer, 0, read);
        }

        return value.ToArray();
    }

    /// <summary>The last part of the file's name counts: browsers on Windows sent the whole path.</summary>
    private static string WithFileName(string? key, ContentDispositionHeaderValue disposition)
    {
        string name = disposition.FileNameStar is { Length: > 0 } star
            ? star.ToString()
            : HeaderUtilities.RemoveQuotes(disposition.FileName).ToString();
        return (key ?? "").Replace("${filename}", name[(name.LastIndexOfAny(['/', '\\']) + 1)..], StringComparison.Ordinal);
    }

    private static S3Exception Malformed(string why) =>
        S3ErrorCode.MalformedPost.With($"The body of your POST request is not well-formed. {why}");

    private FormUpload Checked()
    {
        _policy.Check(_fields);
        return Key.Length > 0 ? this : throw S3ErrorCode.InvalidArgument.With("The field 'key' is empty.");
    }

    private string Require(string name) => _fields.GetValueOrDefault(name) ?? throw (name == "policy"
        ? S3ErrorCode.AccessDenied.With($"An upload by a form needs the field 'policy': {_bucket} cannot be written without a signature.")
        : S3ErrorCode.InvalidArgument.With($"Bucket POST must contain a field named '{name}' before the file."));
}
