using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Hutch.Client.Http;
using Hutch.Model.Signatures;

namespace Hutch.Client.S3;

/// <summary>Reads the XML of S3 stores, whatever name space they write.</summary>
internal static class S3Xml
{
    /// <summary>Forbids document types and external entities.</summary>
    public static XmlReaderSettings Settings { get; } = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>The text of a child; null when there is none.</summary>
    public static string? Text(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;

    /// <summary>A page of a listing, and where the next one begins; null after the last.</summary>
    public static (IReadOnlyList<S3Item> Items, string? Next) ReadListing(Stream xml)
    {
        try
        {
            using var reader = XmlReader.Create(xml, Settings);
            XElement page = XElement.Load(reader);
            bool isEscaped = Text(page, "EncodingType") == "url";
            S3Item[] items = [.. page.Elements().Where(e => e.Name.LocalName == "Contents").Select(e => ReadItem(e, isEscaped))];
            return (items, Text(page, "IsTruncated") == "true" ? Text(page, "NextContinuationToken") : null);
        }
        catch (Exception e) when (e is XmlException or FormatException)
        {
            throw new BadAnswerException("The listing of the bucket cannot be read: " + e.Message, e);
        }
    }

    private static S3Item ReadItem(XElement item, bool isEscaped)
    {
        string key = Text(item, "Key") ?? throw new FormatException("an object has no key.");
        string? name = key;
        if (isEscaped && !UriText.TryUnescape(key, plusIsSpace: true, out name))
        {
            throw new FormatException("a key is not UTF-8.");
        }

        return new S3Item(name, (Text(item, "ETag") ?? "").Trim('"'), long.Parse(Text(item, "Size") ?? "", CultureInfo.InvariantCulture));
    }
}
