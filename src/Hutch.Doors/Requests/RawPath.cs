using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Doors.Requests;

/// <summary>The path of a request as the client sent it.</summary>
public static class RawPath
{
    /// <summary>The server resolves dots in paths before routing, so that 'a/../b' would silently mean 'b'.</summary>
    public static void RejectDots(HttpContext http)
    {
        string raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        int end = raw.IndexOf('?', StringComparison.Ordinal);
        string path = end < 0 ? raw : raw[..end];
        bool suspicious = path.Contains("/.", StringComparison.Ordinal) || path.Contains("%2e", StringComparison.OrdinalIgnoreCase);
        if (suspicious && path.Split('/').Any(part => Uri.UnescapeDataString(part) is "." or ".."))
        {
            throw ErrorCode.InvalidPath.With(
                "The path has a part '.' or '..', which is not allowed; write the path from the top.").ToException();
        }
    }
}
