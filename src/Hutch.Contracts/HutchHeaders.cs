namespace Hutch.Contracts;

/// <summary>Header names of the interface that HTTP does not define.</summary>
public static class HutchHeaders
{
    /// <summary>Last modification of an entry, in nanoseconds since 1970.</summary>
    public const string Modified = "X-Hutch-Modified";

    /// <summary><c>true</c> for an entry that its owner may execute.</summary>
    public const string Executable = "X-Hutch-Executable";

    /// <summary>Prefix for user metadata of an entry: the name follows, and the header's value is its value.</summary>
    public const string MetadataPrefix = "X-Hutch-Meta-";

    /// <summary>Rows and columns of a frame's picture, separated by a comma.</summary>
    public const string FrameShape = "X-Hutch-Frame-Shape";

    /// <summary>Number of the snapshot that a stream of files lists.</summary>
    public const string Snapshot = "X-Hutch-Snapshot";

    /// <summary>Tree hash of the snapshot that a stream of files lists.</summary>
    public const string Root = "X-Hutch-Root";

    /// <summary>First byte of the body of a large upload, or number of durable bytes.</summary>
    public const string UploadOffset = "Upload-Offset";

    /// <summary>SHA-256 of the body, in the form of RFC 9530: <c>sha-256=:BASE64:</c>.</summary>
    public const string ReprDigest = "Repr-Digest";

    /// <summary>SHA-256 of this request's body, for a part of a large upload, in the form of <see cref="ReprDigest"/>.</summary>
    public const string ContentDigest = "Content-Digest";

    /// <summary>Sites of the zone that have not confirmed a revocation, separated by commas.</summary>
    public const string Unconfirmed = "X-Hutch-Unconfirmed";

    /// <summary>Class of work of a write request, if it is <see cref="CaptureWork"/>.</summary>
    public const string Work = "X-Hutch-Work";

    /// <summary>Data from a running measurement, which cannot wait.</summary>
    public const string CaptureWork = "capture";
}
