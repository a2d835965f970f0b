using System.Xml;
using Hutch.S3.Bodies;
using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Xml;

/// <summary>
/// Reads the XML document of a request: of limited size and depth, without DTD, entities or anything fetched from elsewhere.
/// </summary>
internal static class XmlBody
{
    private const int MaxDepth = 16;

    /// <summary>Reads the document; its checks (hash, MD5, checksum) hold then.</summary>
    /// <param name="root">The name that the document must have.</param>
    /// <param name="isAboutObject">Whether a checksum in the headers is that of an object, and not of the document.</param>
    public static async Task<XElement> ReadAsync(S3Request request, string root, bool isAboutObject = false) =>
        await ReadOptionalAsync(request, root, isAboutObject)
        ?? throw S3ErrorCode.MalformedXml.With($"The request needs a {root} document.");

    /// <summary>The same; null for an empty body.</summary>
    public static async Task<XElement?> ReadOptionalAsync(S3Request request, string root, bool isAboutObject = false)
    {
        int limit = request.S3.Options.MaxXmlBytes;
        if (request.BodyLength > limit)
        {
            throw TooLarge(limit);
        }

        S3Body body = request.OpenDocument(isAboutObject);
        request.Checks!.ComputeSha256();
        var bytes = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            ReadResult read = await body.ReadAsync(request.Aborted);
            if (bytes.WrittenCount + read.Buffer.Length > limit)
            {
                body.AdvanceTo(read.Buffer.End);
                throw TooLarge(limit);
            }

            foreach (ReadOnlyMemory<byte> part in read.Buffer)
            {
                bytes.Write(part.Span);
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        _ = request.Checks.Finish(null);
        return bytes.WrittenCount == 0 ? null : Parse(bytes.WrittenMemory.ToArray(), root);
    }

    public static XElement Parse(byte[] document, string root)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = document.Length + 1024L,
            MaxCharactersFromEntities = 1024,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        };
        try
        {
            CheckDepth(document, settings);
            using var reader = XmlReader.Create(new MemoryStream(document, writable: false), settings);
            var element = XElement.Load(reader);
            return element.Name.LocalName == root
                ? element
                : throw S3ErrorCode.MalformedXml.With($"The document must be a {root} document.");
        }
        catch (XmlException e)
        {
            throw S3ErrorCode.MalformedXml.With(
                $"The XML you provided was not well-formed or did not validate against our published schema: {e.Message}");
        }
    }

    private static void CheckDepth(byte[] document, XmlReaderSettings settings)
    {
        using var reader = XmlReader.Create(new MemoryStream(document, writable: false), settings);
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
            {
                throw S3ErrorCode.MalformedXml.With($"The document is nested deeper than {MaxDepth} elements.");
            }
        }
    }

    private static S3Exception TooLarge(int limit) =>
        S3ErrorCode.MalformedXml.With($"The document is longer than {limit} bytes.");
}

/// <summary>Children by their local name: clients differ in the namespace that they send.</summary>
internal static class XmlElements
{
    public static IEnumerable<XElement> Children(this XElement element, string name) =>
        element.Elements().Where(child => child.Name.LocalName == name);

    public static XElement? Child(this XElement element, string name) => element.Children(name).FirstOrDefault();

    public static string? Text(this XElement element, string name) => element.Child(name)?.Value;
}
