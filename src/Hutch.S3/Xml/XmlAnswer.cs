using System.Buffers;
using System.Text;
using System.Xml;
using Hutch.S3.Requests;
using Microsoft.AspNetCore.Http;

namespace Hutch.S3.Xml;

/// <summary>Answers with a document.</summary>
internal static class XmlAnswer
{
    public const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    public const string ContentType = "application/xml";

    // Keys may hold characters that XML 1.0 has no way to write; S3 writes them as character references all the same.
    private static readonly XmlWriterSettings Settings = new() { Encoding = new UTF8Encoding(false), CheckCharacters = false };

    private static readonly XmlWriterSettings Fragment = new()
    {
        Encoding = new UTF8Encoding(false),
        CheckCharacters = false,
        OmitXmlDeclaration = true,
        ConformanceLevel = ConformanceLevel.Fragment,
    };

    /// <summary>Sends a document in S3's namespace.</summary>
    public static async Task SendAsync(S3Request request, string root, Action<XmlWriter> content)
    {
        HttpResponse response = request.Http.Response;
        response.ContentType = ContentType;
        Write(response.BodyWriter, root, Namespace, content);
        await response.BodyWriter.FlushAsync(request.Aborted);
    }

    /// <summary>Writes a whole document.</summary>
    public static void Write(IBufferWriter<byte> output, string root, string? space, Action<XmlWriter> content) =>
        Write(output, Settings, root, space, content);

    /// <summary>Writes a document whose declaration has been sent already.</summary>
    public static void WriteRest(IBufferWriter<byte> output, string root, string? space, Action<XmlWriter> content) =>
        Write(output, Fragment, root, space, content);

    private static void Write(IBufferWriter<byte> output, XmlWriterSettings settings, string root, string? space, Action<XmlWriter> content)
    {
        using var stream = new BufferStream(output);
        using var xml = XmlWriter.Create(stream, settings);
        xml.WriteStartElement(root, space);
        content(xml);
        xml.WriteEndElement();
    }
}
