using System.Net;

namespace Hutch.Objects.S3;

/// <summary>A request to a bucket.</summary>
/// <param name="Method">What is to be done.</param>
/// <param name="Key">With which object; empty for the bucket itself.</param>
internal sealed record BucketRequest(HttpMethod Method, string Key = "")
{
    /// <summary>The query, with nothing escaped.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    /// <summary>What is sent; null for nothing.</summary>
    public ObjectBody? Body { get; init; }

    /// <summary>The media type of the body.</summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>The MD5 of the body, where S3 insists on it.</summary>
    public byte[]? Md5 { get; init; }

    /// <summary>User metadata of the object.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The part that is wanted: its first byte, and its length.</summary>
    public (long Offset, int Length)? Range { get; init; }

    /// <summary>An answer that is no failure either.</summary>
    public HttpStatusCode? AlsoGood { get; init; }

    /// <summary>Whether who asks must know of a failure that the request may have been carried out all the same.</summary>
    public bool IsWrite { get; init; }
}
