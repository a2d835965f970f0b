using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;
using Hutch.Site.Write.Uploads;

namespace Hutch.S3.Operations.Objects;

internal static class UploadLists
{
    private const int MaxListed = 1000;

    public static async Task ListPartsAsync(S3Request request)
    {
        SiteUpload upload = await UploadOperations.FindAsync(request);
        int after = Number(request, "part-number-marker", 0);
        int limit = Math.Min(Number(request, "max-parts", MaxListed), MaxListed);
        IReadOnlyList<SiteUploadPart> found = await request.S3.Files.Uploads.PartsAsync(upload, after, limit + 1, request.Aborted);
        bool isTruncated = limit > 0 && found.Count > limit;
        SiteUploadPart[] parts = [.. found.Take(limit)];
        await XmlAnswer.SendAsync(request, "ListPartsResult", xml =>
        {
            xml.Element("Bucket", request.Bucket);
            xml.Element("Key", request.Key);
            xml.Element("UploadId", upload.Id.ToString("N"));
            xml.Owner("Initiator", upload.Author);
            xml.Owner("Owner", upload.Author);
            xml.Element("StorageClass", "STANDARD");
            xml.Element("PartNumberMarker", after);
            if (isTruncated)
            {
                xml.Element("NextPartNumberMarker", parts[^1].Number);
            }

            xml.Element("MaxParts", limit);
            xml.Element("IsTruncated", isTruncated);
            if (UploadChecksum.Parse(upload.Checksum) is { } checksum)
            {
                xml.Element("ChecksumAlgorithm", checksum.Algorithm.Name);
                xml.Element("ChecksumType", checksum.Type);
            }

            foreach (SiteUploadPart part in parts)
            {
                xml.Element("Part", () => WritePart(xml, part));
            }
        });
    }

    public static async Task ListUploadsAsync(S3Request request)
    {
        (BucketVersion bucket, _) = await RequestedBucket.FindLiveAsync(request);
        string prefix = request.Query.Value("prefix") ?? "";
        string? delimiter = request.Query.Value("delimiter");
        string keyMarker = request.Query.Value("key-marker") ?? "";
        string idMarker = keyMarker.Length == 0 ? "" : request.Query.Value("upload-id-marker") ?? "\uffff";
        int limit = Math.Min(Number(request, "max-uploads", MaxListed), MaxListed);
        bool isEncoded = request.Query.Value("encoding-type") == "url";
        Result<IReadOnlyList<SiteUpload>> all = await request.S3.Files.Uploads.ListAsync(
            request.Caller, bucket.Dataset, keyMarker, idMarker, PartUploads.MaxUploadsPerDataset, request.Aborted);
        IReadOnlyList<SiteUpload> uploads = all.IsOk ? all.Value : throw S3Errors.OfBucket(all.Error);
        SiteUpload[] matching = [.. uploads.Where(upload => upload.Path.Value.StartsWith(prefix, StringComparison.Ordinal))];
        SiteUpload[] plain = [.. matching.Where(upload => CommonPrefix(upload, prefix, delimiter) is null)];
        string[] prefixes = [.. matching.Select(upload => CommonPrefix(upload, prefix, delimiter)).OfType<string>().Distinct()];
        bool isTruncated = plain.Length > limit;
        SiteUpload[] shown = [.. plain.Take(limit)];
        string Text(string text) => isEncoded ? UriText.Escape(text, keepSlash: true) : text;
        await XmlAnswer.SendAsync(request, "ListMultipartUploadsResult", xml =>
        {
            xml.Element("Bucket", request.Bucket);
            xml.Element("KeyMarker", Text(keyMarker));
            xml.Element("UploadIdMarker", request.Query.Value("upload-id-marker") ?? "");
            if (isTruncated && shown.Length > 0)
            {
                xml.Element("NextKeyMarker", Text(shown[^1].Path.Value));
                xml.Element("NextUploadIdMarker", shown[^1].Id.ToString("N"));
            }

            xml.Element("Prefix", Text(prefix));
            xml.Optional("Delimiter", delimiter is null ? null : Text(delimiter));
            xml.Optional("EncodingType", isEncoded ? "url" : null);
            xml.Element("MaxUploads", limit);
            xml.Element("IsTruncated", isTruncated);
            foreach (SiteUpload upload in shown)
            {
                xml.Element("Upload", () => WriteUpload(xml, upload, Text(upload.Path.Value)));
            }

            foreach (string common in prefixes)
            {
                xml.Element("CommonPrefixes", () => xml.Element("Prefix", Text(common)));
            }
        });
    }

    private static void WritePart(XmlOutput xml, SiteUploadPart part)
    {
        xml.Element("PartNumber", part.Number);
        xml.Element("LastModified", DateTimeOffset.FromUnixTimeMilliseconds(part.Time));
        xml.Element("ETag", ETags.For(part));
        xml.Element("Size", part.Size);
        if (PartMarks.Parse(part.Checksum).Checksum is { } checksum)
        {
            xml.Element(checksum.Algorithm.ElementName, checksum.Value);
        }
    }

    private static void WriteUpload(XmlOutput xml, SiteUpload upload, string key)
    {
        xml.Element("Key", key);
        xml.Element("UploadId", upload.Id.ToString("N"));
        xml.Owner("Initiator", upload.Author);
        xml.Owner("Owner", upload.Author);
        xml.Element("StorageClass", "STANDARD");
        xml.Element("Initiated", DateTimeOffset.FromUnixTimeMilliseconds(upload.Started));
    }

    private static string? CommonPrefix(SiteUpload upload, string prefix, string? delimiter)
    {
        int at = delimiter is null ? -1 : upload.Path.Value.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : upload.Path.Value[..(at + delimiter!.Length)];
    }

    private static int Number(S3Request request, string name, int otherwise) => request.Query.Value(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw S3ErrorCode.InvalidArgument.With($"Provided {name} not an integer or within integer range.");
}
