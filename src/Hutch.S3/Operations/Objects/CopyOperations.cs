using Hutch.S3.Bodies;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;

namespace Hutch.S3.Operations.Objects;

internal static class CopyOperations
{
    private const string Replace = "REPLACE";

    public static async Task CopyAsync(S3Request request)
    {
        Unsupported.CheckObject(request);
        DatasetPath path = request.Path();
        BucketVersion target = await RequestedBucket.FindHeadAsync(request);
        CopySource source = CopySource.Read(request);
        (BucketVersion from, SnapshotRef? at) = await source.FindAsync(request);
        bool replaces = IsReplace(request, "x-amz-metadata-directive");
        bool replacesTags = IsReplace(request, "x-amz-tagging-directive");
        bool isTouched = request.Header("x-amz-storage-class") is not null || request.Header("x-amz-server-side-encryption") is not null;
        if (!replaces && !isTouched && at is null && from.Dataset == target.Dataset && source.Key == request.Key)
        {
            throw S3ErrorCode.InvalidRequest.With(
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
                + "metadata, storage class or encryption.");
        }

        OpenedEntry opened = await GetOperations.OpenAsync(request, from, source.Key, at);
        if (ETags.Decide(request, opened.Entry, "x-amz-copy-source-") != ReadDecision.Send)
        {
            throw S3ErrorCode.PreconditionFailed.With("At least one of the pre-conditions you specified did not hold.");
        }

        if (Paths.IsDirectory(source.Key) != Paths.IsDirectory(request.Key))
        {
            throw S3ErrorCode.InvalidArgument.With(
                "An empty directory can be copied only to a key that ends with a slash, and nothing else can be copied to one.");
        }

        Entry copy = await WithChecksumAsync(request, opened, Attributes(request, opened.Entry, replaces, replacesTags));
        Result<StoredEntry> put = await PutAsync(request, opened, target, path, copy, ETags.Condition(request));
        Entry stored = put.IsOk ? put.Value.Entry : throw S3Errors.OfBucket(put.Error);
        Encryption.Announce(request);
        await XmlAnswer.SendAsync(request, "CopyObjectResult", xml =>
        {
            xml.Element("ETag", ETags.For(stored));
            xml.Element("LastModified", ObjectTime.Exact(stored));
            if (ObjectAttributes.Checksum(stored) is { } checksum)
            {
                xml.Element(checksum.Algorithm.ElementName, checksum.Value);
                xml.Element("ChecksumType", checksum.Type);
            }
        });
    }

    /// <summary>Puts a copy of an opened entry, or the marker of a folder.</summary>
    public static Task<Result<StoredEntry>> PutAsync(
        S3Request request, OpenedEntry source, BucketVersion target, DatasetPath path, Entry copy, EntryCondition condition) =>
        Paths.IsDirectory(request.Key)
            ? request.S3.Files.Folders.PutAsync(request.Caller, target.Dataset, path, copy, condition, request.Aborted)
            : request.S3.Files.Copies.CopyAsync(request.Caller, source, target.Dataset, path, copy, condition, request.Aborted);

    /// <summary>The copy is of now; all else comes from the source, unless the request says that it brings its own.</summary>
    private static Entry Attributes(S3Request request, Entry source, bool replaces, bool replacesTags)
    {
        Entry copy = source with { ModifiedNanoseconds = 0 };
        Entry brought = ObjectAttributes.Read(request);
        if (replaces)
        {
            copy = copy with
            {
                ContentType = source.Kind == EntryKind.File ? brought.ContentType : null,
                UserMetadata = brought.UserMetadata,
            };
            foreach (string name in (string[])[ObjectAttributes.ChecksumName, ObjectAttributes.PartsName, ObjectAttributes.Md5Name])
            {
                copy = ObjectAttributes.Find(source, name) is { } value ? ObjectAttributes.With(copy, name, value) : copy;
            }
        }

        return ObjectAttributes.WithTags(copy, ObjectAttributes.TagsOf(replacesTags ? brought : source));
    }

    /// <summary>Computes the checksum that the request asks for, unless the source has it of its bytes.</summary>
    private static async Task<Entry> WithChecksumAsync(S3Request request, OpenedEntry source, Entry copy)
    {
        if (UploadChecksum.Read(request)?.Algorithm is not { } algorithm || source.Content is not { } content
            || (ObjectAttributes.Checksum(source.Entry) is { IsComposite: false } known && known.Algorithm == algorithm))
        {
            return copy;
        }

        using var checks = BodyChecks.Compute(algorithm, withMd5: false);
        using HashDigest sha256 = HashDigest.Sha256();
        var digests = new DigestStream(bytes =>
        {
            checks.Append(bytes);
            sha256.Append(bytes);
        });
        PipeWriter writer = PipeWriter.Create(digests);
        await content.CopyToAsync(writer, 0, content.Size, request.Aborted);
        await writer.CompleteAsync();
        var hash = new BlobHash(sha256.Finish());
        return ObjectAttributes.WithDigests(copy, hash, checks.Finish(hash), md5: null);
    }

    private static bool IsReplace(S3Request request, string header) => request.Header(header) switch
    {
        null => false,
        { } text when text.Equals("COPY", StringComparison.OrdinalIgnoreCase) => false,
        { } text when text.Equals(Replace, StringComparison.OrdinalIgnoreCase) => true,
        _ => throw S3ErrorCode.InvalidArgument.With($"The header {header} must be COPY or REPLACE."),
    };
}
