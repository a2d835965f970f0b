using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;
using Microsoft.Net.Http.Headers;

namespace Hutch.S3.Operations.Objects;

/// <summary>Describes an object without its bytes.</summary>
internal static class AttributeOperations
{
    private const int MaxParts = 1000;

    private static readonly string[] Known = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

    public static async Task GetAsync(S3Request request)
    {
        string[] wanted = (request.Header("x-amz-object-attributes") ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (wanted.Length == 0 || !wanted.All(Known.Contains))
        {
            throw S3ErrorCode.InvalidArgument.With(
                $"x-amz-object-attributes must name at least one of {string.Join(", ", Known)}, and nothing else.");
        }

        (OpenedEntry opened, SnapshotRef? at) = await GetOperations.OpenAsync(request, request.Key);
        request.Http.Response.Headers.LastModified = HeaderUtilities.FormatDate(ObjectTime.From(opened.Entry));
        if (at is { } version)
        {
            request.Http.Response.Headers["x-amz-version-id"] = version.Text;
        }

        await XmlAnswer.SendAsync(request, "GetObjectAttributesResponse", xml => Write(xml, opened, wanted, request));
    }

    private static void Write(XmlOutput xml, OpenedEntry opened, string[] wanted, S3Request request)
    {
        Entry entry = opened.Entry;
        if (wanted.Contains("ETag"))
        {
            xml.Element("ETag", ETags.For(entry).Trim('"'));
        }

        if (wanted.Contains("Checksum") && GetOperations.ChecksumOf(opened) is { } checksum)
        {
            xml.Element("Checksum", () =>
            {
                // Here, unlike in the header of a read, AWS leaves out the number of parts.
                xml.Element(checksum.Algorithm.ElementName, checksum.Value.Split('-')[0]);
                xml.Element("ChecksumType", checksum.Type);
            });
        }

        IReadOnlyList<long> sizes = PartLayout.Read(ObjectAttributes.Find(entry, ObjectAttributes.PartsName), GetOperations.SizeOf(entry));
        if (wanted.Contains("ObjectParts") && sizes.Count > 0)
        {
            xml.Element("ObjectParts", () => WriteParts(xml, sizes, request));
        }

        if (wanted.Contains("StorageClass"))
        {
            xml.Element("StorageClass", ArchiveClass.Find(opened.Stored?.FindRecall() ?? RecallState.Online));
        }

        if (wanted.Contains("ObjectSize"))
        {
            xml.Element("ObjectSize", GetOperations.SizeOf(entry));
        }
    }

    private static void WriteParts(XmlOutput xml, IReadOnlyList<long> sizes, S3Request request)
    {
        int after = int.TryParse(request.Header("x-amz-part-number-marker"), out int marker) ? Math.Clamp(marker, 0, sizes.Count) : 0;
        int limit = int.TryParse(request.Header("x-amz-max-parts"), out int most) ? Math.Clamp(most, 1, MaxParts) : MaxParts;
        int end = Math.Min(sizes.Count, after + limit);
        xml.Element("PartsCount", sizes.Count);
        xml.Element("PartNumberMarker", after);
        xml.Element("NextPartNumberMarker", end);
        xml.Element("MaxParts", limit);
        xml.Element("IsTruncated", end < sizes.Count);
        for (int i = after; i < end; i++)
        {
            int number = i + 1;
            long size = sizes[i];
            xml.Element("Part", () =>
            {
                xml.Element("PartNumber", number);
                xml.Element("Size", size);
            });
        }
    }
}
