using System.Xml;

namespace Hutch.Objects.S3;

internal static class S3ErrorReader
{
    /// <summary>The object ends before the requested range. Only clients report this error.</summary>
    public static readonly ErrorCode NoSuchRange = new(
        "s3-no-such-range", 416, "The object is shorter than it should be", "The object was cut: restore it from a copy.");

    /// <summary>A restore of the object is under way. Only clients report this error.</summary>
    public static readonly ErrorCode RestoreUnderWay = new(
        "s3-restore-under-way", 409, "The object is being restored", "Wait until it has come back.");

    private const int MaxBytes = 64 << 10;
    private const int MaxWords = 500;

    private static readonly string[] KeyCodes =
    [
        "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "RequestTimeTooSkewed",
        "AuthorizationHeaderMalformed",
    ];

    /// <summary>The error with the store's code and message; never with the key.</summary>
    public static async Task<HutchError> ReadAsync(
        HttpResponseMessage answer, S3Location location, S3Credentials credentials, CancellationToken cancellationToken)
    {
        (string? code, string? message) = Parse(await ReadTextAsync(answer.Content, cancellationToken));
        string said = (message ?? answer.ReasonPhrase ?? "").Replace(credentials.AccessKey, "(the access key)", StringComparison.Ordinal);
        ErrorCode kind = KindOf(answer.StatusCode, code);
        said = Display.Plain(said, MaxWords);
        code = code is null ? "" : " " + Display.Plain(code, MaxWords);
        string where = location.Endpoint.GetLeftPart(UriPartial.Authority);
        return kind.With(
            $"{where} answered {(int)answer.StatusCode}{code}{(said.Length == 0 ? "." : ": " + said)}");
    }

    private static ErrorCode KindOf(HttpStatusCode status, string? code) => (int)status switch
    {
        _ when KeyCodes.Contains(code) => S3Client.KeyRefused,
        _ when code == "QuotaExceeded" => ErrorCode.InsufficientStorage,
        _ when code is "InvalidObjectState" or "ObjectNotInActiveTierError" => ArchivedObject.Archived,
        _ when code == "RestoreAlreadyInProgress" => RestoreUnderWay,
        401 => S3Client.KeyRefused,
        403 => ErrorCode.Forbidden,
        404 => ErrorCode.NotFound,
        409 => ErrorCode.Conflict,
        412 => ErrorCode.PreconditionFailed,
        413 => ErrorCode.TooLarge,
        416 => NoSuchRange,
        507 => ErrorCode.InsufficientStorage,
        >= 500 => ErrorCode.Unavailable,
        _ => ErrorCode.BadRequest,
    };

    private static async Task<string> ReadTextAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await content.ReadAsStreamAsync(cancellationToken));
        char[] text = new char[MaxBytes];
        return new string(text, 0, await reader.ReadBlockAsync(text, cancellationToken));
    }

    private static (string? Code, string? Message) Parse(string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), S3Xml.Settings);
            XElement error = XElement.Load(reader);
            return (S3Xml.Text(error, "Code"), S3Xml.Text(error, "Message"));
        }
        catch (XmlException)
        {
            return (null, null);
        }
    }
}
