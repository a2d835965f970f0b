using Hutch.Api.Endpoints;
using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Api.Dav;

/// <summary>An address of the WebDAV door: the root, an owner, a dataset, or a path in it.</summary>
/// <param name="Name">The slug, with <c>@N</c> for a version.</param>
/// <param name="Path">The path; null for the dataset itself.</param>
internal sealed record DavTarget(string? Owner, string? Name, DatasetPath? Path)
{
    public const string Root = "/dav";

    /// <summary>Reads the address as it was sent: the server's own decoding would let bytes that are no UTF-8 pass.</summary>
    public static DavTarget Of(HttpContext http) => Parse(http.Features.Get<IHttpRequestFeature>()!.RawTarget);

    /// <summary>The address as an answer names it, percent-encoded.</summary>
    public static string Href(PathString pathBase, string path, bool isFolder) =>
        pathBase.ToUriComponent() + Root + string.Concat(path.Split('/').Select(part => "/" + Uri.EscapeDataString(part)))
        + (isFolder && path.Length > 0 ? "/" : "");

    private static DavTarget Parse(string raw)
    {
        int end = raw.IndexOf('?', StringComparison.Ordinal);
        int start = raw.IndexOf(Root, StringComparison.Ordinal) + Root.Length;
        string[] parts = (end < 0 ? raw[start..] : raw[start..end]).Trim('/').Split('/', 3);
        string? owner = parts[0].Length == 0 ? null : Text(parts[0]);
        string? name = parts.Length < 2 ? null : Text(parts[1]);
        return parts.Length < 3 ? new DavTarget(owner, name, null)
            : new DavTarget(owner, name, PathOf(EntryEndpoints.Decode(parts[2])));
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

    private static string Text(string part) => Encoding.UTF8.GetString(EntryEndpoints.Decode(part));
}
