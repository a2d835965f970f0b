using System.Xml;
using System.Xml.Linq;

namespace Hutch.Dav;

/// <summary>The XML of requests and answers. A multi-status is sent piece by piece, so that a long listing takes no memory.</summary>
internal sealed class DavXml : IDisposable
{
    public static readonly XNamespace Dav = "DAV:";

    private const int MaxBodyBytes = 64 << 10;
    private const int MaxDepth = 16;
    private const int PartBytes = 64 << 10;

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    private readonly MemoryStream _bytes = new();
    private readonly XmlWriter _xml;

    public DavXml() => _xml = XmlWriter.Create(_bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false) });

    public XmlWriter Writer => _xml;

    /// <summary>Reads the document of a request, of limited size, without DTD or entities; null for an empty body.</summary>
    public static async Task<XElement?> ReadAsync(DoorRequest request)
    {
        byte[] document = await request.TryReadAllAsync(MaxBodyBytes, request.Aborted)
            ?? throw ErrorCode.TooLarge.With($"The document is longer than {MaxBodyBytes} bytes.").ToException();
        return document.Length == 0 ? null : Parse(document);
    }

    /// <summary>Parses a short document; null if it is none.</summary>
    public static XElement? TryParse(string text)
    {
        try
        {
            return Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (HutchException)
        {
            return null;
        }
    }

    private static XElement Parse(byte[] document)
    {
        try
        {
            using (var depths = XmlReader.Create(new MemoryStream(document, writable: false), Settings))
            {
                while (depths.Read())
                {
                    if (depths.Depth > MaxDepth)
                    {
                        throw ErrorCode.InvalidBody.With($"The document is nested deeper than {MaxDepth} elements.").ToException();
                    }
                }
            }

            using var reader = XmlReader.Create(new MemoryStream(document, writable: false), Settings);
            return XElement.Load(reader, LoadOptions.PreserveWhitespace);
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

    /// <summary>Sends what was written so far, if it is much.</summary>
    public Task SendPartAsync(HttpResponse response, CancellationToken ct) =>
        _bytes.Length < PartBytes ? Task.CompletedTask : SendAsync(response, ct);

    /// <param name="wanted">The properties that were asked for; null for all.</param>
    public void Node(string href, DavNodeView view, IReadOnlyList<XName>? wanted, bool namesOnly)
    {
        Start("response");
        Text("href", href);
        Start("propstat");
        Start("prop");
        var missing = new List<XName>();
        foreach (XName name in wanted ?? [.. DavProperties.All(view)])
        {
            if (!DavProperties.TryWrite(this, name, view, namesOnly) && wanted is not null)
            {
                missing.Add(name);
            }
        }

        EndStatus("HTTP/1.1 200 OK");
        if (missing.Count > 0)
        {
            Names(missing, "HTTP/1.1 404 Not Found");
        }

        _xml.WriteEndElement();
    }

    /// <summary>Writes one status of some properties.</summary>
    public void Names(IEnumerable<XName> names, string status)
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

    /// <summary>Writes a lock. Others than its user see that it exists, without its token and owner.</summary>
    public void WriteLock(DavLock held, string root, Caller caller)
    {
        bool isOwn = held.User == DavLock.UserOf(caller);
        Start("activelock");
        WriteExclusiveWrite();
        Text("depth", held.IsDeep ? "infinity" : "0");
        if (isOwn && held.Owner is { } owner && TryParse(owner) is { } element)
        {
            element.WriteTo(_xml);
        }

        Text("timeout", $"Second-{Math.Max(0, (long)(held.Until - held.Since).TotalSeconds)}");
        if (isOwn)
        {
            Start("locktoken");
            Text("href", held.Token);
            _xml.WriteEndElement();
        }

        Start("lockroot");
        Text("href", root);
        _xml.WriteEndElement();
        _xml.WriteEndElement();
    }

    public void WriteExclusiveWrite()
    {
        Start("lockscope");
        Empty("exclusive");
        _xml.WriteEndElement();
        Start("locktype");
        Empty("write");
        _xml.WriteEndElement();
    }

    public void Start(string name) => _xml.WriteStartElement("D", name, Dav.NamespaceName);

    public void Empty(string name)
    {
        Start(name);
        _xml.WriteEndElement();
    }

    public void Text(string name, string value) => _xml.WriteElementString("D", name, Dav.NamespaceName, value);

    public void Dispose()
    {
        _xml.Dispose();
        _bytes.Dispose();
    }

    private void EndStatus(string status)
    {
        _xml.WriteEndElement();
        Text("status", status);
        _xml.WriteEndElement();
    }
}
