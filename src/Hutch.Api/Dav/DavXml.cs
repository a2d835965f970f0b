using System.Xml;
using System.Xml.Linq;
using Hutch.Api.Http;
using Microsoft.Net.Http.Headers;

namespace Hutch.Api.Dav;

/// <summary>The XML of requests and answers. A multi-status is sent piece by piece, so that a long listing takes no memory.</summary>
internal sealed class DavXml : IDisposable
{
    public static readonly XNamespace Dav = "DAV:";

    private const int MaxBodyBytes = 64 << 10;
    private const int MaxDepth = 16;

    private static readonly string[] Known =
        ["resourcetype", "getcontentlength", "getcontenttype", "getetag", "getlastmodified"];

    private readonly MemoryStream _bytes = new();
    private readonly XmlWriter _xml;

    public DavXml() => _xml = XmlWriter.Create(_bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false) });

    public XmlWriter Writer => _xml;

    /// <summary>Reads the document of a request, of limited size, without DTD or entities; null for an empty body.</summary>
    public static async Task<XElement?> ReadAsync(ApiRequest request)
    {
        ReadResult read;
        while (!(read = await request.Body.ReadAsync(request.Aborted)).IsCompleted && read.Buffer.Length <= MaxBodyBytes)
        {
            request.Body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        if (read.Buffer.Length > MaxBodyBytes)
        {
            throw ErrorCode.TooLarge.With($"The document is longer than {MaxBodyBytes} bytes.").ToException();
        }

        byte[] document = read.Buffer.ToArray();
        request.Body.AdvanceTo(read.Buffer.End);
        return document.Length == 0 ? null : Parse(document);
    }

    private static XElement Parse(byte[] document)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using (var depths = XmlReader.Create(new MemoryStream(document, writable: false), settings))
            {
                while (depths.Read())
                {
                    if (depths.Depth > MaxDepth)
                    {
                        throw ErrorCode.InvalidBody.With($"The document is nested deeper than {MaxDepth} elements.").ToException();
                    }
                }
            }

            using var reader = XmlReader.Create(new MemoryStream(document, writable: false), settings);
            return XElement.Load(reader);
        }
        catch (XmlException e)
        {
            throw ErrorCode.InvalidBody.With($"The body is not valid XML without a DTD: {e.Message}").ToException();
        }
    }

    public void Begin(string name)
    {
        _xml.WriteStartDocument();
        _xml.WriteStartElement("D", name, Dav.NamespaceName);
    }

    /// <summary>Sends what was written so far.</summary>
    public async Task SendAsync(HttpResponse response, CancellationToken ct)
    {
        _xml.Flush();
        await response.Body.WriteAsync(_bytes.GetBuffer().AsMemory(0, (int)_bytes.Length), ct);
        _bytes.SetLength(0);
    }

    /// <param name="wanted">The properties that were asked for; null for all.</param>
    /// <param name="entry">The entry; null for a folder.</param>
    public void Node(string href, Entry? entry, IReadOnlyList<XName>? wanted, bool namesOnly)
    {
        Start("response");
        Text("href", href);
        Start("propstat");
        Start("prop");
        var missing = new List<XName>();
        foreach (XName name in wanted ?? [.. Known.Select(one => Dav + one)])
        {
            if (!TryProperty(name, entry, namesOnly) && wanted is not null)
            {
                missing.Add(name);
            }
        }

        EndStatus("HTTP/1.1 200 OK");
        if (missing.Count > 0)
        {
            Refused(missing, "HTTP/1.1 404 Not Found");
        }

        _xml.WriteEndElement();
    }

    public void Refused(IEnumerable<XName> names, string status)
    {
        Start("propstat");
        Start("prop");
        foreach (XName name in names)
        {
            _xml.WriteStartElement(name.LocalName, name.NamespaceName);
            _xml.WriteEndElement();
        }

        EndStatus(status);
    }

    public void Start(string name) => _xml.WriteStartElement("D", name, Dav.NamespaceName);

    public void Text(string name, string value) => _xml.WriteElementString("D", name, Dav.NamespaceName, value);

    public void Dispose()
    {
        _xml.Dispose();
        _bytes.Dispose();
    }

    private bool TryProperty(XName name, Entry? entry, bool namesOnly)
    {
        if (name.Namespace != Dav || !Known.Contains(name.LocalName))
        {
            return false;
        }

        bool isFile = entry is not null && entry.Kind != EntryKind.EmptyDirectory;
        string? text = name.LocalName switch
        {
            "getcontentlength" when isFile =>
                (entry!.Target is { } target ? Encoding.UTF8.GetByteCount(target) : entry.Size).ToString(CultureInfo.InvariantCulture),
            "getcontenttype" when isFile => entry!.Target is null ? entry.ContentType ?? FileTypes.Anything : HutchMediaTypes.Link,
            "getetag" when entry?.Kind == EntryKind.File => EntityTags.For(entry.Hash),
            "getlastmodified" when entry is { ModifiedNanoseconds: not 0 } =>
                HeaderUtilities.FormatDate(DateTimeOffset.FromUnixTimeSeconds(EntryTime.Seconds(entry.ModifiedNanoseconds))),
            "resourcetype" => "",
            _ => null,
        };
        if (text is null)
        {
            return false;
        }

        Start(name.LocalName);
        if (!namesOnly && name.LocalName == "resourcetype" && !isFile)
        {
            Start("collection");
            _xml.WriteEndElement();
        }
        else if (!namesOnly)
        {
            _xml.WriteString(text);
        }

        _xml.WriteEndElement();
        return true;
    }

    private void EndStatus(string status)
    {
        _xml.WriteEndElement();
        Text("status", status);
        _xml.WriteEndElement();
    }
}
