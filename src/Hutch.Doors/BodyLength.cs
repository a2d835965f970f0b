namespace Hutch.Doors;

public static class BodyLength
{
    /// <summary>The error for a request that announces two lengths.</summary>
    public const string SaidTwice =
        "The request has both Content-Length and Transfer-Encoding, which say different things about where its body ends. Send one.";

    // If a request has both, Kestrel removes one and keeps its value under this name (RFC 9112, section 6.3).
    private const string KeptName = "X-Content-Length";

    /// <summary>
    /// Returns true if a request announces two lengths. A proxy before the server may have used the other one, and then takes the rest
    /// of this body for another client's request (RFC 9112, section 11.2).
    /// </summary>
    public static bool IsSaidTwice(HttpRequest request)
    {
        return request.Headers.TransferEncoding.Count > 0 && (request.ContentLength is not null || request.Headers.ContainsKey(KeptName));
    }
}
