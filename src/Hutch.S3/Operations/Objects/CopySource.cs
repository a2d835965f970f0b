using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Objects;

/// <summary>The header <c>x-amz-copy-source</c>: <c>/BUCKET/KEY?versionId=N</c>, percent-encoded.</summary>
internal sealed record CopySource(string Bucket, string Key, SnapshotRef? Version)
{
    private const string VersionMark = "?versionId=";

    public static CopySource Read(S3Request request)
    {
        string header = request.Header("x-amz-copy-source") ?? "";
        int version = header.LastIndexOf(VersionMark, StringComparison.Ordinal);
        string encoded = version < 0 ? header : header[..version];
        if (!UriText.TryUnescape(encoded, plusIsSpace: false, out string? path))
        {
            throw Malformed();
        }

        path = path.StartsWith('/') ? path[1..] : path;
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < path.Length - 1
            ? new CopySource(
                path[..slash], path[(slash + 1)..], version < 0 ? null : VersionId.Parse(header[(version + VersionMark.Length)..]))
            : throw Malformed();
    }

    public async ValueTask<(BucketVersion Bucket, SnapshotRef? At)> FindAsync(S3Request request)
    {
        BucketVersion bucket = await request.S3.Buckets.FindAsync(request.Caller, Bucket, request.Aborted);
        return (bucket, Version ?? bucket.At);
    }

    private static S3Exception Malformed() =>
        S3ErrorCode.InvalidArgument.With("Copy Source must mention the source bucket and key: /sourcebucket/sourcekey, percent-encoded.");
}
