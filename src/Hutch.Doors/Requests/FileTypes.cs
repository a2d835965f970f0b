using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Hutch.Doors.Requests;

/// <summary>
/// The media types of the files of datasets, for browsers and for everybody to whom files are described: what a page says of a file is what
/// it is sent as. They are types of pictures, sound, film, text and data, which run nothing. Pages of the portal may load scripts and style
/// sheets of their own server, and no file may become one, whatever it is called or was stored as.
/// </summary>
public static class FileTypes
{
    /// <summary>The type that a browser only saves.</summary>
    public const string Anything = "application/octet-stream";

    private static readonly HashSet<string> Safe = new(StringComparer.OrdinalIgnoreCase)
    {
        "application/gzip", "application/json", "application/jsonl", "application/pdf", "application/vnd.apache.parquet",
        "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/x-hdf5", "application/x-ndjson", "application/x-tar", "application/yaml", "application/zip",
        "audio/aac", "audio/flac", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm",
        "chemical/x-cif",
        "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/tiff", "image/webp",
        "text/csv", "text/markdown", "text/plain", "text/tab-separated-values",
        "video/mp4", "video/ogg", "video/webm",
    };

    private static readonly FileExtensionContentTypeProvider ByName = new()
    {
        Mappings =
        {
            [".cbf"] = "chemical/x-cif",
            [".cif"] = "chemical/x-cif",
            [".gz"] = "application/gzip",
            [".h5"] = "application/x-hdf5",
            [".hdf5"] = "application/x-hdf5",
            [".jsonl"] = "application/jsonl",
            [".log"] = "text/plain",
            [".md"] = "text/markdown",
            [".ndjson"] = "application/x-ndjson",
            [".nxs"] = "application/x-hdf5",
            [".parquet"] = "application/vnd.apache.parquet",
            [".yaml"] = "application/yaml",
            [".yml"] = "application/yaml",
            [".zip"] = "application/zip",
        },
    };

    /// <summary>The stored type of a file or, without one, the type by its name, if it runs nothing; else <see cref="Anything"/>.</summary>
    public static string For(string path, Entry entry) =>
        SaysNothing(entry.ContentType) ? ByName.TryGetContentType(path, out string? named) ? Plain(named) : Anything
        : Plain(entry.ContentType);

    /// <summary>
    /// A type if it is one of these, in its plainest form; else <see cref="Anything"/>. The whole header is read (RFC 9110 section 8.3.1):
    /// browsers take the last of several types, so that the first alone proves nothing.
    /// </summary>
    public static string Plain(string? said, IReadOnlySet<string>? more = null)
    {
        if (!MediaTypeHeaderValue.TryParse(said, out MediaTypeHeaderValue? type))
        {
            return Anything;
        }

        string essence = type.MediaType.Value!.ToLowerInvariant();
        if (!Safe.Contains(essence) && more?.Contains(essence) != true)
        {
            return Anything;
        }

        return FindCharset(type) is { } charset ? $"{essence}; charset={charset}" : essence;
    }

    /// <summary>
    /// The character set, if this runtime reads it. It refuses some by an exception, such as UTF-7, and text in those could hide scripts.
    /// </summary>
    private static string? FindCharset(MediaTypeHeaderValue type)
    {
        try
        {
            return type.Encoding?.WebName;
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>S3's default is the second one.</summary>
    private static bool SaysNothing(string? stored) => string.IsNullOrEmpty(stored) || stored is Anything or "binary/octet-stream";
}
