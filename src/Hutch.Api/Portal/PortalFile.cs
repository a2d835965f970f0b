using Hutch.Api.Http;

namespace Hutch.Api.Portal;

internal sealed record PortalFile(string ContentType, byte[] Plain, byte[]? Brotli, byte[]? Gzip)
{
    /// <summary>The smallest form that the client takes: its bytes, and the name of the coding.</summary>
    public (byte[] Bytes, string? Coding) Choose(string acceptEncoding)
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
