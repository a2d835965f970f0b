using Microsoft.Extensions.FileProviders;

namespace Hutch.Api.Portal;

internal sealed class PortalFiles
{
    public const string Index = "index.html";

    private const string ResourcePrefix = "portal/";

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".json"] = "application/json",
        [".png"] = "image/png",
        [".wasm"] = "application/wasm",
        [".webmanifest"] = "application/manifest+json",
    };

    private readonly Dictionary<string, PortalFile> _files;

    private PortalFiles(Dictionary<string, Func<Stream>> all) => _files = all
        .Where(file => Path.GetExtension(file.Key) is not (".br" or ".gz"))
        .ToDictionary(
            file => file.Key,
            file => new PortalFile(
                TypeOf(file.Key), file.Value, all.GetValueOrDefault(file.Key + ".br"), all.GetValueOrDefault(file.Key + ".gz")),
            StringComparer.Ordinal);

    /// <summary>True if there is a portal: a program compiled without one has none.</summary>
    public bool IsThere => _files.ContainsKey(Index);

    public IReadOnlyCollection<string> Paths => _files.Keys;

    public static PortalFiles Embedded()
    {
        var assembly = typeof(PortalFiles).Assembly;
        // The operating system maps the program's file: a resource that no browser requests takes no memory.
        return new PortalFiles(assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToDictionary(
                static name => name[ResourcePrefix.Length..],
                name => (Func<Stream>)(() => assembly.GetManifestResourceStream(name)!),
                StringComparer.Ordinal));
    }

    /// <summary>The portal in a folder, read once.</summary>
    public static PortalFiles From(string folder)
    {
        using var provider = new PhysicalFileProvider(folder);
        var all = new Dictionary<string, Func<Stream>>(StringComparer.Ordinal);
        Collect(provider, "", all);
        return new PortalFiles(all);
    }

    /// <summary>The file at a path, without a slash before it.</summary>
    public PortalFile? Find(string path) => _files.GetValueOrDefault(path);

    private static void Collect(PhysicalFileProvider provider, string folder, Dictionary<string, Func<Stream>> all)
    {
        foreach (IFileInfo file in provider.GetDirectoryContents(folder))
        {
            if (file.IsDirectory)
            {
                Collect(provider, $"{folder}{file.Name}/", all);
                continue;
            }

            using Stream stream = file.CreateReadStream();
            var bytes = new byte[file.Length];
            stream.ReadExactly(bytes);
            all[folder + file.Name] = () => new MemoryStream(bytes, writable: false);
        }
    }

    private static string TypeOf(string path) => ContentTypes.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream");
}
