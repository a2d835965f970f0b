using System.ComponentModel.DataAnnotations;

namespace Hutch.S3;

/// <summary>The address of the S3 door, and its limits.</summary>
public sealed class S3Options : ConnectionLimits, IValidatableObject
{
    /// <summary>The address when none is said.</summary>
    public const string DefaultAddress = "127.0.0.1:8471";

    /// <summary>In place of an address: no S3 door.</summary>
    public const string Off = "off";

    /// <summary>Address of the door: <c>HOST:PORT</c>; port 0 takes a free one.</summary>
    public string Address { get; init; } = DefaultAddress;

    /// <summary>Additional address for HTTPS, with the certificate of the server: <c>HOST:PORT</c>; null for none.</summary>
    public string? Https { get; init; }

    /// <summary>Names whose sub-domains are buckets, for clients that put the bucket into the host's name.</summary>
    public IReadOnlyList<string> Domains { get; init; } = ["localhost"];

    /// <summary>
    /// The region that the door reports. Signatures for any region are accepted, except for those of the zone's other sites. A site of a
    /// zone has the region that the zone gave it instead.
    /// </summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>
    /// Names of this door for S3 keys that open several sites, as clients address it: <c>HOST:PORT</c>, or <c>HOST</c> for the usual port
    /// of HTTP or HTTPS. Such a key counts only in requests to one of them, so no other server may have the same name.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The longest request line, bytes: a key of 1024 bytes, each percent-encoded, and a presigned query.</summary>
    [Range(1 << 10, 1 << 20)]
    public override int MaxRequestLineBytes { get; init; } = 12 << 10;

    /// <summary>The largest XML document in a request, bytes.</summary>
    [Range(1 << 10, 64 << 20)]
    public int MaxXmlBytes { get; init; } = 2 << 20;

    /// <summary>The largest object in one PUT, and the largest part, bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxPutBytes { get; init; } = 5L << 30;

    /// <summary>The largest object, bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxObjectBytes { get; init; } = 50L << 40;

    /// <summary>
    /// Accept requests and presigned addresses with Signature Version 2, the default of boto3 for presigning and of git-annex. It covers
    /// less of a request than version 4: not the host, nor the bytes of a body.
    /// </summary>
    public bool SignatureV2 { get; init; } = true;

    /// <summary>
    /// States that the disk under the data folder is encrypted. Then requests for server-side encryption with <c>AES256</c> are accepted,
    /// and every answer about an object says so; otherwise they are refused.
    /// </summary>
    public bool DiskIsEncrypted { get; init; }

    /// <summary>
    /// Use the MD5 as ETag of every object that is put here, as some clients compare it. It takes a second of a processor for each 700 MB.
    /// If a client sends <c>Content-MD5</c>, the ETag is the MD5 anyway.
    /// </summary>
    public bool Md5ETags { get; init; }

    /// <summary>
    /// Seconds after which a completion begins to send white space, so that no proxy treats the silence as a dead connection.
    /// </summary>
    [Range(1, 300)]
    public int KeepAliveSeconds { get; init; } = 5;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (string name in Names.Where(static name => !IsHost(name)))
        {
            yield return new ValidationResult(
                $"'names' has '{name}': use HOST or HOST:PORT, as clients send it in the header Host, such as s3.example.org:8471.");
        }
    }

    /// <summary>Returns true for a host with or without a port. Clients leave out the usual port of a scheme: it never matches.</summary>
    private static bool IsHost(string name) =>
        Uri.TryCreate("http://" + name, UriKind.Absolute, out Uri? uri) && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0
        && uri.Fragment.Length == 0 && !name.EndsWith('/') && !name.EndsWith(":80", StringComparison.Ordinal)
        && !name.EndsWith(":443", StringComparison.Ordinal);
}
