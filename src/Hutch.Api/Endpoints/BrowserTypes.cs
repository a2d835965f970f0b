using Microsoft.Net.Http.Headers;

namespace Hutch.Api.Endpoints;

/// <summary>
/// The content types under which a browser gets the files of datasets: pictures, sound, film, text and data, which run nothing. Pages of
/// the portal may load scripts and style sheets of their own server, and no file may become one, whatever it was stored as.
/// </summary>
internal static class BrowserTypes
{
    /// <summary>What a browser saves, and does nothing else with.</summary>
    public const string Anything = "application/octet-stream";

    private static readonly HashSet<string> Safe = new(StringComparer.OrdinalIgnoreCase)
    {
        "application/json", "application/pdf", "application/x-ndjson",
        "audio/aac", "audio/flac", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm",
        "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/tiff", "image/webp",
        "text/csv", "text/markdown", "text/plain", "text/tab-separated-values",
        "video/mp4", "video/ogg", "video/webm",
    };

    /// <summary>
    /// The stored type when it is one of these, in its plainest form; else <see cref="Anything"/>. The whole header is read (RFC 9110
    /// section 8.3.1): browsers take the last of several types, so that the first alone says nothing.
    /// </summary>
    /// <param name="stored">What the file was stored as.</param>
    /// <param name="more">Types that are safe here too.</param>
    public static string Of(string? stored, IReadOnlySet<string>? more = null)
    {
        if (!MediaTypeHeaderValue.TryParse(stored, out MediaTypeHeaderValue? type))
        {
            return Anything;
        }

        string essence = type.MediaType.Value!.ToLowerInvariant();
        if (!Safe.Contains(essence) && more?.Contains(essence) != true)
        {
            return Anything;
        }

        return type.Encoding is { } encoding ? $"{essence}; charset={encoding.WebName}" : essence;
    }
}
