using Hutch.S3.Bodies;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Objects;

/// <remarks>
/// The flow of a PUT; the code repeats the numbers:
/// <para>1. <see cref="S3Request"/> has the caller, by the signature, and the bucket; unsupported headers are refused.</para>
/// <para>2. The bucket is resolved to the head of a dataset that the caller may write.</para>
/// <para>3. The body is opened: framing taken off, checksums computed in passing, at most the configured length.</para>
/// <para>
/// 4. <c>EntryChangeService</c> checks path, attributes and quota, and receives the bytes: small ones into memory, large ones as durable
/// extents. It checks the digests, and the caller's right once more, since a body may take hours.
/// </para>
/// <para>5. <c>EntryWriter</c> commits the entry with one append and one sync for a group of writes: durable and visible.</para>
/// <para>6. The answer names the ETag and the checksum.</para>
/// </remarks>
internal static class PutOperations
{
    public static async Task PutAsync(S3Request request)
    {
        Entry stored = await StoreAsync(request);
        // Step 6.
        request.Http.Response.Headers.ETag = ETags.For(stored);
        WriteChecksum(request, ObjectAttributes.Checksum(stored));
    }

    public static async Task<Entry> StoreAsync(S3Request request)
    {
        // Step 1.
        Unsupported.CheckObject(request);
        DatasetPath path = request.Path();
        // Step 2.
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        Entry attributes = ObjectAttributes.Read(request);
        // Step 3.
        (PipeReader body, long? length) = request.OpenLimitedBody();
        // Step 4 and 5.
        Entry stored = Paths.IsDirectory(request.Key)
            ? await PutDirectoryAsync(request, bucket, path, attributes, body, length)
            : await PutFileAsync(request, bucket, path, attributes, body, length);
        Encryption.Announce(request);
        return stored;
    }

    public static void WriteChecksum(S3Request request, ObjectChecksum? checksum)
    {
        if (checksum is not null)
        {
            request.Http.Response.Headers[checksum.Algorithm.HeaderName] = checksum.Value;
            request.Http.Response.Headers["x-amz-checksum-type"] = checksum.Type;
        }
    }

    private static async Task<Entry> PutFileAsync(
        S3Request request, BucketVersion bucket, DatasetPath path, Entry attributes, PipeReader body, long? length)
    {
        var file = new PutFile
        {
            Path = path,
            Body = body,
            Length = length,
            Attributes = attributes,
            Condition = ETags.Condition(request),
            Complete = hash => Complete(request, attributes, hash),
        };
        Result<StoredEntry> put = await request.S3.Files.Changes.PutFileAsync(
            request.Caller, bucket.Dataset, file, request.Aborted);
        return put.IsOk ? put.Value.Entry : throw OfBody(put.Error);
    }

    private static Result<Entry> Complete(S3Request request, Entry attributes, BlobHash hash)
    {
        request.Form?.CheckLength(request.Received);
        BodyChecks checks = request.Checks!;
        return ObjectAttributes.WithDigests(attributes, hash, checks.Finish(hash), checks.Md5);
    }

    private static async Task<Entry> PutDirectoryAsync(
        S3Request request, BucketVersion bucket, DatasetPath path, Entry attributes, PipeReader body, long? length)
    {
        ReadResult read = await body.ReadAsync(request.Aborted);
        bool isEmpty = read.Buffer.IsEmpty && length is null or 0;
        body.AdvanceTo(read.Buffer.End);
        if (!isEmpty)
        {
            throw S3ErrorCode.InvalidArgument.With(
                "A key that ends with a slash is an empty directory and cannot have content. Remove the slash or the content.");
        }

        _ = request.Checks!.Finish(BlobHash.Compute(default));
        var directory = new Entry { Kind = EntryKind.EmptyDirectory, UserMetadata = attributes.UserMetadata };
        Result<StoredEntry> put = await request.S3.Files.Folders.PutAsync(
            request.Caller, bucket.Dataset, path, directory, ETags.Condition(request), request.Aborted);
        return put.IsOk ? put.Value.Entry : throw S3Errors.OfBucket(put.Error);
    }

    /// <summary>Maps a refusal of the intake, which concerns the length of the body.</summary>
    private static S3Exception OfBody(HutchError error) => error.Code == ErrorCode.BadRequest
        ? S3ErrorCode.IncompleteBody.With(error.Message)
        : S3Errors.OfBucket(error);
}
