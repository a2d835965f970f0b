namespace Hutch.Objects.S3;

/// <param name="Key">The object's key; empty for the bucket itself.</param>
internal sealed record BucketRequest(HttpMethod Method, string Key = "")
{
    /// <summary>The query, unescaped.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; init; } = [];

    public ObjectBody? Body { get; init; }

    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>The MD5 of the body, where S3 requires it.</summary>
    public byte[]? Md5 { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Further headers, whose names begin with <c>x-amz-</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The requested range: its first byte, and its length.</summary>
    public (long Offset, int Length)? Range { get; init; }

    public HttpStatusCode? AlsoGood { get; init; }

    /// <summary>True if the caller must learn that a failed request may have been executed.</summary>
    public bool IsWrite { get; init; }
}
