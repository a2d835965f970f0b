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

    /// <summary>Of a picture of a frame: its rows and columns, with a comma between them.</summary>
    public const string FrameShape = "X-Hutch-Frame-Shape";

    /// <summary>Of a stream of files: number of the snapshot it lists.</summary>
    public const string Snapshot = "X-Hutch-Snapshot";

    /// <summary>Of a stream of files: tree hash of the snapshot it lists.</summary>
    public const string Root = "X-Hutch-Root";

    /// <summary>Of a large upload: first byte of the body, or bytes that are durable.</summary>
    public const string UploadOffset = "Upload-Offset";

    /// <summary>SHA-256 of the body, as RFC 9530 writes it: <c>sha-256=:BASE64:</c>.</summary>
    public const string ReprDigest = "Repr-Digest";

    /// <summary>Of a part of a large upload: SHA-256 of what this request carries, written as <see cref="ReprDigest"/> is.</summary>
    public const string ContentDigest = "Content-Digest";

    /// <summary>Of an answer to what takes rights away: the sites of the zone that have not confirmed it, with commas between.</summary>
    public const string Unconfirmed = "X-Hutch-Unconfirmed";

    /// <summary>Of a request that writes: how urgent it is, when it says <see cref="CaptureWork"/>.</summary>
    public const string Work = "X-Hutch-Work";

    /// <summary>What is written is measured now, and cannot wait.</summary>
    public const string CaptureWork = "capture";
}
