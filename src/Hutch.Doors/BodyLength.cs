using Microsoft.AspNetCore.Http;

namespace Hutch.Doors;

/// <summary>How long a request says that its body is.</summary>
public static class BodyLength
{
    /// <summary>What is said to who says it twice.</summary>
    public const string SaidTwice =
        "The request has both Content-Length and Transfer-Encoding, which say different things about where its body ends. Send one.";

    // Where both are there, Kestrel takes the one away and keeps what it said under this name (RFC 9112, section 6.3).
    private const string KeptName = "X-Content-Length";

    /// <summary>
    /// Whether it says so twice: a proxy before the server may have believed the other of the two, and then takes the rest of this body for
    /// somebody else's request (RFC 9112, section 11.2).
    /// </summary>
    public static bool IsSaidTwice(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Headers.TransferEncoding.Count > 0 && (request.ContentLength is not null || request.Headers.ContainsKey(KeptName));
    }
}
