namespace Hutch.Contracts;

/// <summary>Header names of the interface that HTTP does not define.</summary>
public static class HutchHeaders
{
    /// <summary>Of an entry: last modification in nanoseconds since 1970.</summary>
    public const string Modified = "X-Hutch-Modified";

    /// <summary>Of an entry: <c>true</c> when its owner may execute it.</summary>
    public const string Executable = "X-Hutch-Executable";

    /// <summary>Of an entry: one name and value of user metadata; the name follows.</summary>
    public const string MetadataPrefix = "X-Hutch-Meta-";

    /// <summary>Of a picture of a frame: its rows and columns, separated by a comma.</summary>
    public const string FrameShape = "X-Hutch-Frame-Shape";

    /// <summary>Of a stream of files: number of the snapshot it lists.</summary>
    public const string Snapshot = "X-Hutch-Snapshot";

    /// <summary>Of a stream of files: tree hash of the snapshot it lists.</summary>
    public const string Root = "X-Hutch-Root";

    /// <summary>Of a large upload: first byte of the body, or number of durable bytes.</summary>
    public const string UploadOffset = "Upload-Offset";

    /// <summary>SHA-256 of the body, in the form of RFC 9530: <c>sha-256=:BASE64:</c>.</summary>
    public const string ReprDigest = "Repr-Digest";

    /// <summary>Of a part of a large upload: SHA-256 of this request's body, in the form of <see cref="ReprDigest"/>.</summary>
    public const string ContentDigest = "Content-Digest";

    /// <summary>Of a response to a revocation: the sites of the zone that have not confirmed it, separated by commas.</summary>
    public const string Unconfirmed = "X-Hutch-Unconfirmed";

    /// <summary>Of a write request: its class of work, if it is <see cref="CaptureWork"/>.</summary>
    public const string Work = "X-Hutch-Work";

    /// <summary>Data from a running measurement, which cannot wait.</summary>
    public const string CaptureWork = "capture";
}
