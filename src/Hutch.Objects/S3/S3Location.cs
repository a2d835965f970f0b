namespace Hutch.Objects.S3;

/// <summary>An S3 store and optionally a bucket: <c>s3://HOST:PORT/BUCKET</c>, without any key.</summary>
/// <param name="Endpoint">The store's address, <c>http</c> or <c>https</c>.</param>
public sealed record S3Location(Uri Endpoint, string? Bucket)
{
    private const string Scheme = "s3://";
    private const string PlainScheme = "s3+http://";
    private const string SecureScheme = "s3+https://";
    private const int SecurePort = 443;

    public const string Form = "s3://HOST:PORT/BUCKET (plain HTTP), s3://HOST/BUCKET (HTTPS), s3+https://HOST:PORT/BUCKET";

    /// <summary>Returns true if a text is meant as a location in an S3 store.</summary>
    public static bool IsOne([NotNullWhen(true)] string? text) => text is not null && SchemeOf(text) is not null;

    /// <summary>Parses a location. With a port other than 443, <c>s3:</c> is plain HTTP, which object stores near detectors use.</summary>
    public static Result<S3Location> Parse(string text)
    {
        if (SchemeOf(text) is not { } scheme || !Uri.TryCreate("http://" + text[scheme.Length..], UriKind.Absolute, out Uri? parsed)
            || parsed.UserInfo.Length > 0 || parsed.Query.Length > 0 || parsed.Fragment.Length > 0)
        {
            return ErrorCode.InvalidName.With($"This is not an S3 address; use {Form}.");
        }

        string host = text[scheme.Length..].Split('/')[0];
        bool hasPort = host.LastIndexOf(':') > host.LastIndexOf(']');
        bool isSecure = scheme == SecureScheme || (scheme == Scheme && (!hasPort || parsed.Port == SecurePort));
        string bucket = parsed.AbsolutePath.Trim('/');
        if (bucket.Contains('/', StringComparison.Ordinal))
        {
            return ErrorCode.InvalidName.With($"{Display.Quote(bucket)} is not a bucket name: frames are at the root of a bucket.");
        }

        string authority = hasPort ? parsed.Host + ":" + parsed.Port : parsed.Host;
        return new S3Location(
            new Uri((isSecure ? "https://" : "http://") + authority), bucket.Length == 0 ? null : Uri.UnescapeDataString(bucket));
    }

    public S3Location In(string bucket) => this with { Bucket = bucket };

    private static string? SchemeOf(string text) => Array.Find(
        [Scheme, PlainScheme, SecureScheme], scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
}
