using Hutch.S3.Errors;
using Hutch.S3.Operations.Objects;
using Hutch.S3.Requests;
using Hutch.S3.Xml;

namespace Hutch.S3.Operations.Buckets;

internal static class ListOperations
{
    private const int MaxKeys = 1000;

    public static async Task ListV1Async(S3Request request)
    {
        ListPage page = await ReadAsync(request, request.Query.Value("marker"));
        await XmlAnswer.SendAsync(request, "ListBucketResult", xml =>
        {
            WriteHead(xml, page);
            xml.Element("Marker", page.Text(request.Query.Value("marker") ?? ""));
            if (page.IsTruncated)
            {
                // Given without a delimiter too: it costs nothing, and no client minds.
                xml.Element("NextMarker", page.Text(page.Next!));
            }

            WriteItems(xml, page, withOwner: true);
        });
    }

    public static async Task ListV2Async(S3Request request)
    {
        string? token = request.Query.Find("continuation-token");
        string? startAfter = request.Query.Value("start-after");
        ListPage page = await ReadAsync(request, string.IsNullOrEmpty(token) ? startAfter : ReadToken(token));
        await XmlAnswer.SendAsync(request, "ListBucketResult", xml =>
        {
            WriteHead(xml, page);
            xml.Element("KeyCount", page.Listed.Count);
            xml.Optional("ContinuationToken", token);
            xml.Optional("StartAfter", startAfter is null ? null : page.Text(startAfter));
            if (page.IsTruncated)
            {
                xml.Element("NextContinuationToken", WriteToken(page.Next!));
            }

            WriteItems(xml, page, withOwner: request.Query.Find("fetch-owner") == "true");
        });
    }

    /// <summary>Answers as an unversioned bucket: each key once, with the version <c>null</c>.</summary>
    public static async Task ListVersionsAsync(S3Request request)
    {
        string? marker = request.Query.Value("key-marker");
        ListPage page = await ReadAsync(request, marker);
        await XmlAnswer.SendAsync(request, "ListVersionsResult", xml =>
        {
            WriteHead(xml, page);
            xml.Element("KeyMarker", page.Text(marker ?? ""));
            xml.Element("VersionIdMarker", "");
            if (page.IsTruncated)
            {
                xml.Element("NextKeyMarker", page.Text(page.Next!));
                xml.Element("NextVersionIdMarker", "null");
            }

            foreach (ListedKey key in page.Listed.Where(key => key.Entry is not null))
            {
                xml.Element("Version", () =>
                {
                    xml.Element("Key", page.Text(key.Key));
                    xml.Element("VersionId", "null");
                    xml.Element("IsLatest", true);
                    WriteEntry(xml, page, key.Entry!);
                    xml.Owner("Owner", page.Owner);
                });
            }

            WritePrefixes(xml, page);
        });
    }

    private static async Task<ListPage> ReadAsync(S3Request request, string? after)
    {
        BucketVersion bucket = await RequestedBucket.FindAsync(request);
        var wanted = new KeyFilter(
            request.Query.Value("prefix")
                ?? "", request.Query.Value("delimiter"), after, ReadLimit(request), request.Query.Value("encoding-type"));
        if (wanted.Encoding is not (null or "url"))
        {
            throw S3ErrorCode.InvalidArgument.With("Invalid Encoding Method specified in Request: only 'url' is possible.");
        }

        ListPage page = await KeyLister.ListAsync(request, bucket, wanted);
        IReadOnlySet<BlobHash> offline = await request.Reader.Recalls.FindOfflineAsync(
            page.Listed.Select(static key => key.Entry).OfType<Entry>(), request.Aborted);
        return page with { Offline = offline };
    }

    private static int ReadLimit(S3Request request) => request.Query.Value("max-keys") is not { } text ? MaxKeys
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? Math.Min(limit, MaxKeys)
        : throw S3ErrorCode.InvalidArgument.With("Provided max-keys not an integer or within integer range.");

    public static string WriteToken(string after) => Convert.ToBase64String(Encoding.UTF8.GetBytes(after));

    public static string ReadToken(string token)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(token));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw S3ErrorCode.InvalidArgument.With("The continuation token provided is incorrect.");
        }
    }

    private static void WriteHead(XmlOutput xml, ListPage page)
    {
        xml.Element("Name", page.Bucket);
        xml.Element("Prefix", page.Text(page.Filter.Prefix));
        xml.Element("MaxKeys", page.Filter.Limit);
        xml.Optional("Delimiter", page.Filter.Delimiter is { } delimiter ? page.Text(delimiter) : null);
        xml.Optional("EncodingType", page.Filter.Encoding);
        xml.Element("IsTruncated", page.IsTruncated);
    }

    private static void WriteItems(XmlOutput xml, ListPage page, bool withOwner)
    {
        foreach (ListedKey key in page.Listed)
        {
            if (key.Entry is not { } entry)
            {
                continue;
            }

            xml.Start("Contents");
            xml.Element("Key", page.Text(key.Key));
            WriteEntry(xml, page, entry);
            if (withOwner)
            {
                xml.Owner("Owner", page.Owner);
            }

            xml.End();
        }

        WritePrefixes(xml, page);
    }

    private static void WriteEntry(XmlOutput xml, ListPage page, Entry entry)
    {
        xml.Element("LastModified", ObjectTime.Exact(entry));
        xml.Element("ETag", ETags.For(entry));
        if (ObjectAttributes.Checksum(entry) is { } checksum)
        {
            xml.Element("ChecksumAlgorithm", checksum.Algorithm.Name);
            xml.Element("ChecksumType", checksum.Type);
        }

        xml.Element("Size", GetOperations.SizeOf(entry));
        xml.Element(
            "StorageClass", entry.Kind == EntryKind.File && page.Offline.Contains(entry.Hash) ? ArchiveClass.Name : ArchiveClass.Usual);
    }

    private static void WritePrefixes(XmlOutput xml, ListPage page)
    {
        foreach (ListedKey key in page.Listed.Where(key => key.Entry is null))
        {
            xml.Element("CommonPrefixes", () => xml.Element("Prefix", page.Text(key.Key)));
        }
    }
}

internal sealed record KeyFilter(string Prefix, string? Delimiter, string? After, int Limit, string? Encoding);

/// <summary>One key, or (without entry) a common prefix.</summary>
internal readonly record struct ListedKey(string Key, Entry? Entry);

internal sealed record ListPage(string Bucket, string Owner, KeyFilter Filter, IReadOnlyList<ListedKey> Listed, string? Next)
{
    /// <summary>The bytes that can be read after a recall only.</summary>
    public IReadOnlySet<BlobHash> Offline { get; init; } = new HashSet<BlobHash>();

    public bool IsTruncated => Next is not null;

    public string Text(string text) => Filter.Encoding is null ? text : UriText.Escape(text, keepSlash: true);
}
