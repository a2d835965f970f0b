using System.IO.Compression;

namespace Hutch.Api.Http;

internal static class ContentCoding
{
    public const string Brotli = "br", Gzip = "gzip";

    /// <summary>Smaller answers fit into a packet as they are.</summary>
    private const int LeastBytes = 1400;

    public static bool Accepts(string header, string coding)
    {
        // "br;q=0" refuses; other weights do not matter with two forms to choose from.
        foreach (string part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] words = part.Split(';', StringSplitOptions.TrimEntries);
            if (words[0].Equals(coding, StringComparison.OrdinalIgnoreCase))
            {
                return !words.Skip(1).Any(
                    word => word.Replace(" ", "", StringComparison.Ordinal) is "q=0" or "q=0.0" or "q=0.00" or "q=0.000");
            }
        }

        return false;
    }

    /// <summary>The body of an answer, compressed if that helps and discloses nothing.</summary>
    public static ReadOnlyMemory<byte> Encode(HttpContext http, ReadOnlyMemory<byte> json)
    {
        if (json.Length < LeastBytes || !IsSafe(http.Request) || !Accepts(http.Request.Headers.AcceptEncoding.ToString(), Gzip))
        {
            return json;
        }

        using var packed = new MemoryStream(json.Length / 4);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(json.Span);
        }

        http.Response.Headers.ContentEncoding = Gzip;
        http.Response.Headers.Vary = "Accept-Encoding";
        return packed.GetBuffer().AsMemory(0, (int)packed.Length);
    }

    // Against BREACH: the answer to a GET holds no secret; secrets are returned once, to the POST that makes them. And no other site can
    // make a
    // victim's browser request a compressed answer, since it can send neither this header nor a token.
    private static bool IsSafe(HttpRequest request) => HttpMethods.IsGet(request.Method)
        && (SameSite.IsPortal(request) || request.Headers.Authorization.Count > 0);
}
