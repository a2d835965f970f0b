using Hutch.Model;
using Microsoft.AspNetCore.StaticFiles;

namespace Hutch.Api.Publishing;

/// <summary>Media types of files: what was said when they were stored, else what their names say.</summary>
internal static class FileTypes
{
    private const string Anything = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider ByName = new()
    {
        Mappings =
        {
            [".h5"] = "application/x-hdf5",
            [".hdf5"] = "application/x-hdf5",
            [".nxs"] = "application/x-hdf5",
            [".cbf"] = "chemical/x-cif",
            [".cif"] = "chemical/x-cif",
            [".yaml"] = "application/yaml",
            [".yml"] = "application/yaml",
            [".md"] = "text/markdown",
            [".jsonl"] = "application/jsonl",
        },
    };

    public static string Of(string path, Entry entry) =>
        entry.ContentType is { } said && said != Anything ? said
        : ByName.TryGetContentType(path, out string? known) ? known
        : Anything;
}
