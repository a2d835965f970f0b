using System.IO.Pipelines;
using Hutch.Datasets.Files;
using Hutch.Model;
using Hutch.S3.Bodies;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Objects;

/// <summary>Puts objects.</summary>
internal static class PutOperations
{
    public static async Task PutAsync(S3Request request)
    {
        Unsupported.CheckObject(request);
        DatasetPath path = request.Path();
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        Entry attributes = ObjectAttributes.Read(request);
        (PipeReader body, long? length) = request.OpenLimitedBody();
        Entry stored = Paths.IsDirectory(request.Key)
            ? await PutDirectoryAsync(request, bucket, path, attributes, body, length)
            : await PutFileAsync(request, bucket, path, attributes, body, length);
        request.Http.Response.Headers.ETag = ETags.For(stored);
        Encryption.Announce(request);
        WriteChecksum(request, ObjectAttributes.Checksum(stored));
    }

    /// <summary>Sets the headers of a checksum.</summary>
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
            Complete = hash => Complete(request.Checks!, attributes, hash),
        };
        Result<StoredEntry> put = await request.S3.Files.Changes.PutFileAsync(
            request.Caller, bucket.Dataset, file, request.Aborted);
        return put.IsOk ? put.Value.Entry : throw OfBody(put.Error);
    }

    private static Result<Entry> Complete(BodyChecks checks, Entry attributes, BlobHash hash) =>
        ObjectAttributes.WithDigests(attributes, hash, checks.Finish(hash), checks.Md5);

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
        Result<StoredEntry> put = await request.S3.Files.Changes.PutAsync(
            request.Caller, bucket.Dataset, path, directory, ETags.Condition(request), request.Aborted);
        return put.IsOk ? put.Value.Entry : throw S3Errors.OfBucket(put.Error);
    }

    /// <summary>Maps a refusal of the intake, which concerns the length of the body.</summary>
    private static S3Exception OfBody(HutchError error) => error.Code == ErrorCode.BadRequest
        ? S3ErrorCode.IncompleteBody.With(error.Message)
        : S3Errors.OfBucket(error);
}
