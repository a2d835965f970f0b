namespace Hutch.Client.Workspaces;

/// <summary>
/// Symbolic links in place of a file's bytes. A placeholder points to <c>.hutch/missing/HASH</c>, which never exists: opening the file
/// fails instead of giving an empty file that could be taken for data. A cached file points to <c>CACHE/HA/HASH</c>.
/// </summary>
internal static class ContentLink
{
    private const string Missing = ".hutch/missing/";

    /// <summary>The link at a path whose bytes were not fetched.</summary>
    internal static string PlaceholderTarget(string path, BlobHash hash) =>
        string.Concat(Enumerable.Repeat("../", path.Count(c => c == '/'))) + Missing + hash;

    /// <summary>Reads a link: a placeholder, a cached file, or a link of the user's.</summary>
    internal static LocalKind Classify(string target, string? cache, out BlobHash hash)
    {
        hash = default;
        if (cache is not null && target.StartsWith(cache + "/", StringComparison.Ordinal)
            && BlobHash.TryParse(target.AsSpan(target.LastIndexOf('/') + 1), out hash))
        {
            return LocalKind.Cached;
        }

        string rest = target;
        while (rest.StartsWith("../", StringComparison.Ordinal))
        {
            rest = rest[3..];
        }

        return rest.StartsWith(Missing, StringComparison.Ordinal) && BlobHash.TryParse(rest.AsSpan(Missing.Length), out hash)
            ? LocalKind.Placeholder
            : LocalKind.Link;
    }
}
