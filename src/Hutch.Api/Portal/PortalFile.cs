using Hutch.Api.Http;

namespace Hutch.Api.Portal;

/// <summary>A file of the portal, in up to three codings. Each is opened for an answer, so that none is kept in memory.</summary>
internal sealed record PortalFile(string ContentType, Func<Stream> Plain, Func<Stream>? Brotli, Func<Stream>? Gzip)
{
    public byte[] ReadPlain()
    {
        using Stream stream = Plain();
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The smallest form that the client takes: its bytes, and the name of the coding.</summary>
    public (Func<Stream> Open, string? Coding) Choose(string acceptEncoding)
    {
        if (Brotli is not null && ContentCoding.Accepts(acceptEncoding, ContentCoding.Brotli))
        {
            return (Brotli, ContentCoding.Brotli);
        }

        return Gzip is not null && ContentCoding.Accepts(acceptEncoding, ContentCoding.Gzip)
            ? (Gzip, ContentCoding.Gzip)
            : (Plain, null);
    }
}
