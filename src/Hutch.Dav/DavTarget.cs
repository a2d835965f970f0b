using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Dav;

/// <summary>An address of the WebDAV door: the root, an owner, a dataset, or a path in it.</summary>
/// <param name="Name">The slug, with <c>@N</c> for a version.</param>
/// <param name="Path">The path; null for the dataset itself.</param>
internal sealed record DavTarget(string? Owner, string? Name, DatasetPath? Path)
{
    public const string Root = "/dav";
    private const string AfterScheme = "://";

    /// <summary>True if the address ends with a slash, so that it can name no file.</summary>
    public bool HasSlash { get; private init; }

    /// <summary>Reads the address as it was sent: the server's own decoding would let bytes that are no UTF-8 pass.</summary>
    public static DavTarget Of(HttpContext http)
    {
        string raw = PathOf(http.Features.Get<IHttpRequestFeature>()!.RawTarget);
        return Parse(raw[(raw.IndexOf(Root, StringComparison.Ordinal) + Root.Length)..]);
    }

    /// <summary>Reads another address that a header names, a URL or an absolute path; null if it is not one of this door.</summary>
    public static DavTarget? Of(HttpContext http, string url)
    {
        int scheme = url.IndexOf(AfterScheme, StringComparison.Ordinal);
        string root = http.Request.PathBase.ToUriComponent() + Root;
        string path = PathOf(url);
        return (scheme < 0 || IsHere(http, url[(scheme + AfterScheme.Length)..]))
            && path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/')
            ? Parse(path[root.Length..])
            : null;
    }

    /// <summary>The address as an answer names it, percent-encoded.</summary>
    public static string Href(PathString pathBase, string path, bool isFolder) =>
        pathBase.ToUriComponent() + Root + string.Concat(path.Split('/').Select(part => "/" + Uri.EscapeDataString(part)))
        + (isFolder && path.Length > 0 ? "/" : "");

    /// <summary>The path of a URL, as it is written.</summary>
    private static string PathOf(string url)
    {
        int scheme = url.StartsWith('/') ? -1 : url.IndexOf(AfterScheme, StringComparison.Ordinal);
        int start = scheme < 0 ? 0 : url.IndexOf('/', scheme + AfterScheme.Length);
        int end = url.IndexOf('?', StringComparison.Ordinal);
        return start < 0 ? "/" : end < start ? url[start..] : url[start..end];
    }

    /// <summary>Compares the server of a URL. Its scheme does not count: a proxy in front may end the encryption.</summary>
    private static bool IsHere(HttpContext http, string afterScheme)
    {
        int end = afterScheme.IndexOf('/', StringComparison.Ordinal);
        string authority = end < 0 ? afterScheme : afterScheme[..end];
        return Host(authority[(authority.IndexOf('@', StringComparison.Ordinal) + 1)..])
            .Equals(Host(http.Request.Host.Value ?? ""), StringComparison.OrdinalIgnoreCase);

        static string Host(string text) => new HostString(text) is { Port: 80 or 443 } usual ? usual.Host : text;
    }

    private static DavTarget Parse(string below)
    {
        string[] parts = below.Trim('/').Split('/', 3);
        string? owner = parts[0].Length == 0 ? null : Text(parts[0]);
        string? name = parts.Length < 2 ? null : Text(parts[1]);
        DatasetPath? path = parts.Length < 3 ? null : PathOf(PercentText.Decode(parts[2]));
        return new DavTarget(owner, name, path) { HasSlash = below.EndsWith('/') };
    }

    /// <summary>Refuses another spelling: it would be listed as a different name, and deleted by the client's next sync.</summary>
    private static DatasetPath PathOf(byte[] bytes)
    {
        DatasetPath path = DatasetPath.ParseUtf8(bytes).Value;
        return path.ToUtf8().AsSpan().SequenceEqual(bytes)
            ? path
            : throw ErrorCode.InvalidPath.With(
                $"The name {Display.Quote(path.Value)} is not in the composed form of Unicode (NFC), the only one of a dataset. "
                + "Rename the file, such as with `convmv`.").ToException();
    }

    private static string Text(string part) => Encoding.UTF8.GetString(PercentText.Decode(part));
}
