
namespace Hutch.Doors.Requests;

/// <summary>
/// A file of a dataset as a document for a frame. Its policy takes origin, scripts, forms and the network from it, so that it can do
/// nothing with the viewer's session.
/// </summary>
internal static class SandboxedView
{
    public const string Name = "sandbox";

    private const string Policy = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'";

    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".htm"] = "text/html; charset=utf-8",
        [".xhtml"] = "application/xhtml+xml",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
        [".mp4"] = "video/mp4",
        [".m4v"] = "video/mp4",
        [".mov"] = "video/mp4",
        [".webm"] = "video/webm",
        [".ogv"] = "video/ogg",
        [".txt"] = "text/plain; charset=utf-8",
    };

    /// <summary>Types that may hold scripts; the policy keeps them from running.</summary>
    private static readonly HashSet<string> Documents =
        new(StringComparer.OrdinalIgnoreCase) { "text/html", "application/xhtml+xml", "image/svg+xml" };

    /// <summary>Makes a document of what would be an attachment.</summary>
    public static void SetHeaders(HttpResponse response, OpenedEntry opened)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.ContentDisposition = "inline";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (Types.TryGetValue(Path.GetExtension(opened.Path.Name), out string? type))
        {
            response.ContentType = type;
        }
        else
        {
            response.ContentType = FileTypes.Plain(opened.Entry.ContentType, Documents) is var safe && safe != FileTypes.Anything
                ? safe
                : "text/plain; charset=utf-8";
        }
    }
}
