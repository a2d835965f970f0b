using Hutch.S3.Requests;

namespace Hutch.S3.Xml;

internal static class XmlAnswer
{
    public const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    public const string ContentType = "application/xml";

    public static async Task SendAsync(S3Request request, string root, Action<XmlOutput> content)
    {
        HttpResponse response = request.Http.Response;
        response.ContentType = ContentType;
        Write(response.BodyWriter, root, Namespace, content);
        await response.BodyWriter.FlushAsync(request.Aborted);
    }

    public static void Write(IBufferWriter<byte> output, string root, string? space, Action<XmlOutput> content)
    {
        var xml = new XmlOutput(output);
        xml.Declaration();
        Write(xml, root, space, content);
    }

    /// <summary>Writes a document whose declaration has been sent already.</summary>
    public static void WriteRest(IBufferWriter<byte> output, string root, string? space, Action<XmlOutput> content) =>
        Write(new XmlOutput(output), root, space, content);

    private static void Write(XmlOutput xml, string root, string? space, Action<XmlOutput> content)
    {
        if (space is null)
        {
            xml.Start(root);
        }
        else
        {
            xml.Start(root, ("xmlns", space));
        }

        content(xml);
        xml.End();
        xml.Flush();
    }
}
