namespace Hutch.DataLadClient.Stores;

/// <param name="Folder">Its folder on this machine; null if it is elsewhere.</param>
/// <param name="Web">The address of a store behind a web server; otherwise null.</param>
/// <param name="Ssh">The address of a store in a folder of another machine; otherwise null.</param>
/// <param name="Dataset">An id, or <c>~alias</c>; null for all.</param>
public sealed record RiaLocation(string? Folder, Uri? Web, Uri? Ssh, string? Dataset)
{
    private const string Prefix = "ria+";

    public string Name => (Ssh ?? Web)?.OriginalString ?? Folder!;

    /// <summary>
    /// Reads <c>PATH</c>, <c>ria+file://…</c>, <c>ria+ssh://…</c> or <c>ria+http(s)://…</c>, with <c>#ID</c> or <c>#~ALIAS</c> or without.
    /// </summary>
    /// <exception cref="HutchException">It is something else.</exception>
    public static RiaLocation Parse(string text, Func<string, string> fullPath)
    {
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        string? dataset = hash < 0 ? null : text[(hash + 1)..];
        string location = hash < 0 ? text : text[..hash];
        if (dataset is { Length: 0 } || dataset?.Contains('@', StringComparison.Ordinal) == true)
        {
            throw ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} does not say which dataset: #ID or #~ALIAS, without a version, as all versions are imported.")
                .ToException();
        }

        string bare = location.StartsWith(Prefix, StringComparison.Ordinal) ? location[Prefix.Length..] : location;
        if (!Uri.TryCreate(bare, UriKind.Absolute, out Uri? uri) || !bare.Contains("://", StringComparison.Ordinal))
        {
            return new RiaLocation(fullPath(location), null, null, dataset);
        }

        return uri.Scheme switch
        {
            "file" => new RiaLocation(uri.LocalPath, null, null, dataset),
            "http" or "https" => new RiaLocation(null, new Uri(bare.TrimEnd('/')), null, dataset),
            "ssh" => new RiaLocation(null, null, uri, dataset),
            _ => throw ErrorCode.BadRequest.With(
                $"A store cannot be read by {uri.Scheme}, but from a folder and by ria+ssh and ria+https.").ToException(),
        };
    }
}
