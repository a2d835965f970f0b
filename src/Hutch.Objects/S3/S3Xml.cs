using System.Xml;
using Hutch.Objects.Http;

namespace Hutch.Objects.S3;

/// <summary>Reads the XML of S3 stores in any namespace.</summary>
internal static class S3Xml
{
    /// <summary>The longest page of a listing: a thousand keys of 1 KiB, each byte escaped, take 4 MiB.</summary>
    private const long MaxBytes = 16 << 20;

    /// <summary>Settings that forbid document types and external entities.</summary>
    public static XmlReaderSettings Settings { get; } = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>The text of a child element; null if it is missing.</summary>
    public static string? Text(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;

    /// <summary>A page of a listing, and the start of the next page; null after the last.</summary>
    public static async ValueTask<(IReadOnlyList<S3Item> Items, string? Next)> ReadListingAsync(
        HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        XElement page = await LoadAsync(answer, cancellationToken);
        try
        {
            bool isEscaped = Text(page, "EncodingType") == "url";
            S3Item[] items = [.. page.Elements().Where(e => e.Name.LocalName == "Contents").Select(e => ReadItem(e, isEscaped))];
            string? next = Text(page, "IsTruncated") != "true" ? null
                : Text(page, "NextContinuationToken") ?? throw new FormatException("it is cut, and does not say where it continues.");
            return (items, next);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw Unreadable(e);
        }
    }

    /// <summary>Returns true if a bucket keeps old versions of its objects, or kept them once.</summary>
    public static async ValueTask<bool> ReadVersioningAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        Text(await LoadAsync(answer, cancellationToken), "Status") is { Length: > 0 };

    /// <summary>The objects that a multi-object deletion did not delete.</summary>
    public static async ValueTask<IReadOnlyList<UndeletedObject>> ReadDeletionAsync(
        HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        XElement result = await LoadAsync(answer, cancellationToken);
        return
        [
            .. result.Elements().Where(static e => e.Name.LocalName == "Error").Select(static e => new UndeletedObject(
                Text(e, "Key") ?? "", $"{Text(e, "Code")}: {Text(e, "Message")}")),
        ];
    }

    /// <summary>Reads the answer to a copy, which may be an error although its status says otherwise.</summary>
    public static async ValueTask<Done> CheckCopyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        XElement result = await LoadAsync(answer, cancellationToken);
        return result.Name.LocalName == "Error"
            ? throw new BadAnswerException($"The object was not copied: {Text(result, "Code")}: {Text(result, "Message")}")
            : Done.Value;
    }

    /// <summary>Reads a whole response into memory; one that is longer than those of stores is refused.</summary>
    public static async Task BufferAsync(HttpContent content, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(maxBytes, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new BadAnswerException($"The answer of the bucket is longer than {maxBytes} bytes.", e);
        }
    }

    private static async Task<XElement> LoadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        // Buffers the whole response first: a broken connection is a different failure than malformed XML.
        await BufferAsync(answer.Content, MaxBytes, cancellationToken);
        await using Stream xml = await answer.Content.ReadAsStreamAsync(cancellationToken);
        try
        {
            using var reader = XmlReader.Create(xml, Settings);
            return XElement.Load(reader);
        }
        catch (XmlException e)
        {
            throw Unreadable(e);
        }
    }

    private static BadAnswerException Unreadable(Exception e) => new("The answer of the bucket cannot be read: " + e.Message, e);

    private static S3Item ReadItem(XElement item, bool isEscaped)
    {
        string key = Text(item, "Key") ?? throw new FormatException("an object has no key.");
        string? name = key;
        if (isEscaped && !UriText.TryUnescape(key, plusIsSpace: true, out name))
        {
            throw new FormatException("a key is not UTF-8.");
        }

        return new S3Item(
            name,
            (Text(item, "ETag") ?? "").Trim('"'),
            long.Parse(Text(item, "Size") ?? "", NumberStyles.None, CultureInfo.InvariantCulture),
            Text(item, "LastModified") is { } modified
                ? DateTimeOffset.Parse(modified, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                : DateTimeOffset.MaxValue);
    }
}
