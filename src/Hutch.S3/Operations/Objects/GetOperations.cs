using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Microsoft.Net.Http.Headers;

namespace Hutch.S3.Operations.Objects;

/// <summary>Reads objects: conditions, range or part, headers, bytes.</summary>
internal static class GetOperations
{
    private static readonly (string Query, string Header)[] Overrides =
    [
        ("response-content-type", "Content-Type"), ("response-content-language", "Content-Language"), ("response-expires", "Expires"),
        ("response-cache-control", "Cache-Control"), ("response-content-disposition", "Content-Disposition"),
        ("response-content-encoding", "Content-Encoding"),
    ];

    public static async Task GetAsync(S3Request request)
    {
        BucketVersion bucket = await RequestedBucket.FindAsync(request);
        SnapshotRef? at = VersionId.Find(request) ?? bucket.At;
        OpenedEntry opened = await OpenAsync(request, bucket, request.Key, at);
        Entry entry = opened.Entry;
        switch (ETags.Decide(request, entry))
        {
            case ReadDecision.Failed:
                throw S3ErrorCode.PreconditionFailed.With("At least one of the pre-conditions you specified did not hold.");
            case ReadDecision.NotModified:
                request.Http.Response.StatusCode = StatusCodes.Status304NotModified;
                request.Http.Response.Headers.ETag = ETags.For(entry);
                request.Http.Response.Headers.LastModified = HeaderUtilities.FormatDate(ObjectTime.From(entry));
                return;
            default:
                break;
        }

        long size = SizeOf(entry);
        (RangeKind kind, long offset, long length) = FindRange(request, entry, size);
        WriteHeaders(request, opened, at, kind);
        HttpResponse response = request.Http.Response;
        if (kind == RangeKind.Range)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{offset + length - 1}/{size}");
        }

        response.ContentLength = length;
        if (!request.IsHead && length > 0)
        {
            await SendAsync(request, bucket.Dataset, opened, offset, length);
            request.RecordSent(length);
        }
    }

    /// <summary>Opens the object of a key, in the version that the bucket's name or <c>versionId</c> gives.</summary>
    public static async ValueTask<(OpenedEntry Opened, SnapshotRef? At)> OpenAsync(S3Request request, string key)
    {
        BucketVersion bucket = await RequestedBucket.FindAsync(request);
        SnapshotRef? at = VersionId.Find(request) ?? bucket.At;
        return (await OpenAsync(request, bucket, key, at), at);
    }

    public static async ValueTask<OpenedEntry> OpenAsync(S3Request request, BucketVersion bucket, string key, SnapshotRef? at)
    {
        DatasetPath path = Paths.ParseExisting(key);
        if (Paths.IsDirectory(key))
        {
            Result<Entry?> marker = await MarkedFolders.FindAsync(
                request.Reader.Entries, request.Caller, bucket.Dataset, path, at, request.Aborted);
            return !marker.IsOk ? throw OfMissing(marker.Error, at)
                : new OpenedEntry(path, marker.Value ?? throw Paths.NoSuchKey(key), null);
        }

        Result<OpenedEntry> opened = await request.Reader.Entries.OpenAsync(request.Caller, bucket.Dataset, path, at, request.Aborted);
        return !opened.IsOk ? throw OfMissing(opened.Error, at)
            : opened.Value.Entry.Kind == EntryKind.EmptyDirectory ? throw Paths.NoSuchKey(key)
            : opened.Value;
    }

    private static S3Exception OfMissing(HutchError error, SnapshotRef? at) => at is not null && error.Code == ErrorCode.NotFound
        ? S3ErrorCode.NoSuchVersion.With(error.Message)
        : S3Errors.OfKey(error);

    /// <summary>Bytes that are served for an entry.</summary>
    public static long SizeOf(Entry entry) => entry.Kind == EntryKind.SymbolicLink ? Encoding.UTF8.GetByteCount(entry.Target!) : entry.Size;

    private static (RangeKind Kind, long Offset, long Length) FindRange(S3Request request, Entry entry, long size)
    {
        if (request.Query.Find("partNumber") is { } part)
        {
            return request.Header("Range") is null
                ? PartLayout.Find(part, entry, size, request)
                : throw S3ErrorCode.InvalidRequest.With("Cannot specify both Range header and partNumber query parameter.");
        }

        bool mayRange = request.Header("If-Range") is not { } ifRange || ETags.Names(ifRange, ETags.For(entry));
        (RangeKind kind, long offset, long length) = RangeHeader.Parse(mayRange ? request.Header("Range") : null, size);
        if (kind == RangeKind.Unsatisfiable)
        {
            request.Http.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{size}");
            throw S3ErrorCode.InvalidRange.With($"The requested range is not satisfiable: the object has {size} bytes.");
        }

        return (kind, offset, length);
    }

    private static void WriteHeaders(S3Request request, OpenedEntry opened, SnapshotRef? at, RangeKind kind)
    {
        Entry entry = opened.Entry;
        HttpResponse response = request.Http.Response;
        IHeaderDictionary headers = response.Headers;
        headers.ETag = ETags.For(entry);
        headers.AcceptRanges = "bytes";
        headers.LastModified = HeaderUtilities.FormatDate(ObjectTime.From(entry));
        headers.ContentType = entry.Kind switch
        {
            EntryKind.File => entry.ContentType ?? ObjectAttributes.DefaultContentType,
            EntryKind.SymbolicLink => HutchMediaTypes.Link,
            _ => "application/x-directory",
        };
        ObjectAttributes.Write(response, entry);
        Encryption.Announce(request);
        ArchiveClass.Announce(headers, opened);
        if (at is { } version)
        {
            headers["x-amz-version-id"] = version.Text;
        }

        if (kind == RangeKind.None && ChecksumOf(opened) is { } checksum
            && string.Equals(request.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase))
        {
            PutOperations.WriteChecksum(request, checksum);
        }

        // Cookies ignore ports: without this, a script in an object could give the portal on the same host a session of its author.
        headers.ContentSecurityPolicy = "sandbox";
        WriteOverrides(request, headers);
    }

    /// <summary>
    /// Returns the checksum that was put with an object; without one, the SHA-256 of the stored object. Null for a virtual file, which is
    /// not hashed, and for a file in a facility's folder that is not hashed yet.
    /// </summary>
    public static ObjectChecksum? ChecksumOf(OpenedEntry opened) =>
        (opened.Content is not null && opened.Stored is null) || opened.Entry.IsPending ? null
        : ObjectAttributes.Checksum(opened.Entry) ?? new ObjectChecksum(
            ChecksumAlgorithm.Sha256, Convert.ToBase64String(ETags.HashOf(opened.Entry).ToBytes()), IsComposite: false);

    private static void WriteOverrides(S3Request request, IHeaderDictionary headers)
    {
        if (request.Query.Items.Count == 0)
        {
            return;
        }

        foreach ((string query, string header) in Overrides)
        {
            if (request.Query.Value(query) is { } value)
            {
                headers[header] = request.IsSigned && !value.Any(char.IsControl)
                    ? value
                    : throw S3ErrorCode.InvalidRequest.With(
                        "Request specific response headers cannot be used for anonymous GET requests, and must be printable.");
            }
        }
    }

    private static async Task SendAsync(S3Request request, DatasetId dataset, OpenedEntry opened, long offset, long length)
    {
        HttpResponse response = request.Http.Response;
        if (opened.Content is { } content)
        {
            await request.S3.Access.Guard.SendAsync(
                request.Caller, dataset, length, ct => content.CopyToAsync(response.BodyWriter, offset, length, ct), request.Aborted);
            return;
        }

        byte[] target = Encoding.UTF8.GetBytes(opened.Entry.Target ?? "");
        await response.BodyWriter.WriteAsync(target.AsMemory((int)offset, (int)length), request.Aborted);
    }
}
