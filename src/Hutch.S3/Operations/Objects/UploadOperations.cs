using Hutch.S3.Bodies;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;
using Hutch.Site.Write.Uploads;

namespace Hutch.S3.Operations.Objects;

/// <summary>Uploads in parts: begin, bring parts, give up.</summary>
internal static class UploadOperations
{
    private const string RangeUnit = "bytes=";

    public static async Task CreateAsync(S3Request request)
    {
        Unsupported.CheckObject(request);
        DatasetPath path = request.Path();
        if (Paths.IsDirectory(request.Key))
        {
            throw S3ErrorCode.InvalidArgument.With("A key that ends with a slash is an empty directory and cannot have content.");
        }

        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        UploadChecksum? checksum = UploadChecksum.Read(request);
        Result<SiteUpload> started = await request.S3.Files.Uploads.StartAsync(
            request.Caller, bucket.Dataset, path, ObjectAttributes.Read(request), checksum?.ToString(), request.Aborted);
        SiteUpload upload = started.IsOk ? started.Value : throw S3Errors.OfBucket(started.Error);
        if (checksum is not null)
        {
            request.Http.Response.Headers["x-amz-checksum-algorithm"] = checksum.Algorithm.Name;
            request.Http.Response.Headers["x-amz-checksum-type"] = checksum.Type;
        }

        Encryption.Announce(request);
        await XmlAnswer.SendAsync(request, "InitiateMultipartUploadResult", xml =>
        {
            xml.Element("Bucket", request.Bucket);
            xml.Element("Key", request.Key);
            xml.Element("UploadId", upload.Id.ToString("N"));
        });
    }

    public static async Task PutPartAsync(S3Request request)
    {
        int number = ReadNumber(request);
        SiteUpload upload = await FindAsync(request);
        (PipeReader body, long? length) = request.OpenLimitedBody(UploadChecksum.Parse(upload.Checksum)?.Algorithm);
        BodyChecks checks = request.Checks!;
        checks.ComputeSha256();
        Result<SiteUploadPart> put = await request.S3.Files.Uploads.PutPartAsync(
            request.Caller,
            upload,
            number,
            body,
            length,
            () => new PartMarks(checks.Finish(null), checks.Md5).ToText(),
            request.Aborted);
        SiteUploadPart part = put.IsOk ? put.Value
            : put.Error.Code == ErrorCode.BadRequest ? throw S3ErrorCode.IncompleteBody.With(put.Error.Message)
            : throw S3Errors.OfUpload(put.Error);
        request.Http.Response.Headers.ETag = ETags.For(part);
        Encryption.Announce(request);
        if (PartMarks.Parse(part.Checksum).Checksum is { } checksum)
        {
            request.Http.Response.Headers[checksum.Algorithm.HeaderName] = checksum.Value;
        }
    }

    public static async Task CopyPartAsync(S3Request request)
    {
        int number = ReadNumber(request);
        SiteUpload upload = await FindAsync(request);
        CopySource source = CopySource.Read(request);
        (BucketVersion from, SnapshotRef? at) = await source.FindAsync(request);
        OpenedEntry opened = await GetOperations.OpenAsync(request, from, source.Key, at);
        if (ETags.Decide(request, opened.Entry, "x-amz-copy-source-") != ReadDecision.Send)
        {
            throw S3ErrorCode.PreconditionFailed.With("At least one of the pre-conditions you specified did not hold.");
        }

        if (opened.Content is not { } content)
        {
            throw S3ErrorCode.InvalidRequest.With("Only a file can be copied into a part.");
        }

        (long offset, long length) = ReadRange(request.Header("x-amz-copy-source-range"), content.Size);
        using var checks = BodyChecks.Compute(UploadChecksum.Parse(upload.Checksum)?.Algorithm, request.S3.Options.Md5ETags);
        checks.ComputeSha256();
        Result<SiteUploadPart> put = await request.S3.Files.Uploads.CopyPartAsync(
            request.Caller,
            upload,
            number,
            (content, offset, length),
            bytes => new S3Body(bytes, checks, framing: null, long.MaxValue),
            () => new PartMarks(checks.Finish(null), checks.Md5).ToText(),
            request.Aborted);
        SiteUploadPart part = put.IsOk ? put.Value : throw S3Errors.OfUpload(put.Error);
        await XmlAnswer.SendAsync(request, "CopyPartResult", xml =>
        {
            xml.Element("LastModified", DateTimeOffset.FromUnixTimeMilliseconds(part.Time));
            xml.Element("ETag", ETags.For(part));
            if (PartMarks.Parse(part.Checksum).Checksum is { } checksum)
            {
                xml.Element(checksum.Algorithm.ElementName, checksum.Value);
            }
        });
    }

    public static async Task AbortAsync(S3Request request)
    {
        SiteUpload upload = await FindAsync(request);
        Result<Done> aborted = await request.S3.Files.Uploads.AbortAsync(upload, request.Aborted);
        if (!aborted.IsOk)
        {
            throw S3Errors.OfUpload(aborted.Error);
        }

        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async ValueTask<SiteUpload> FindAsync(S3Request request)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        Result<SiteUpload> found = Guid.TryParseExact(request.Query.Find("uploadId"), "N", out Guid id)
            ? await request.S3.Files.Uploads.FindAsync(
                request.Caller, bucket.Dataset, Paths.ParseExisting(request.Key), id, request.Aborted)
            : ErrorCode.NotFound.With("The specified multipart upload does not exist: the upload id is invalid.");
        return found.IsOk ? found.Value : throw S3Errors.OfUpload(found.Error);
    }

    /// <summary>The range of a source, which must lie inside of it: a part that is shorter than was asked for is none.</summary>
    private static (long Offset, long Length) ReadRange(string? header, long size)
    {
        if (header is null)
        {
            return (0, size);
        }

        string[] ends = header.StartsWith(RangeUnit, StringComparison.Ordinal) ? header[RangeUnit.Length..].Split('-') : [];
        return ends.Length == 2
            && long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            && long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out long last)
            && first <= last
            ? last < size ? (first, last - first + 1) : throw S3ErrorCode.InvalidRange.With(
                $"The range bytes={first}-{last} of x-amz-copy-source-range ends outside the source object, which has {size} bytes.")
            : throw S3ErrorCode.InvalidArgument.With(
                "The x-amz-copy-source-range value must be of the form bytes=first-last, inside the source object: "
                + $"that has {size} bytes.");
    }

    private static int ReadNumber(S3Request request) =>
        int.TryParse(request.Query.Find("partNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number is >= 1 and <= PartUploads.MaxParts
            ? number
            : throw S3ErrorCode.InvalidArgument.With($"Part number must be an integer between 1 and {PartUploads.MaxParts}, inclusive.");
}
