using Hutch.S3.Errors;

namespace Hutch.S3.Http;

/// <summary>The target of a request, read from its raw request line and its host: path style, or the bucket in the host's name.</summary>
/// <param name="Path">The whole path with escapes undone, as signed.</param>
/// <param name="SentPath">The path as it was sent, after the bucket of the host's name, as signed in Signature Version 2.</param>
/// <param name="Bucket">The bucket; null for the service itself.</param>
/// <param name="Key">The key, of one character at least; null for the bucket itself.</param>
internal sealed record S3Target(string Path, string SentPath, string? Bucket, string? Key, S3Query Query)
{
    /// <param name="rawTarget">The target of the request line, unchanged.</param>
    public static S3Target Parse(string rawTarget, string? host, IReadOnlyList<string> domains)
    {
        ReadOnlySpan<char> rest = WithoutAuthority(rawTarget);
        int question = rest.IndexOf('?');
        ReadOnlySpan<char> rawPath = question < 0 ? rest : rest[..question];
        if (!UriText.TryUnescape(rawPath, plusIsSpace: false, out string? path))
        {
            throw S3ErrorCode.InvalidUri.With("The path of the request is not UTF-8. Keys must be percent-encoded UTF-8.");
        }

        S3Query query = question < 0 ? S3Query.Empty : S3Query.Parse(rest[(question + 1)..]);
        string inside = path.StartsWith('/') ? path[1..] : path;
        if (BucketOf(host, domains) is { } bucket)
        {
            return new S3Target(path, $"/{bucket}{rawPath}", bucket, inside.Length == 0 ? null : inside, query);
        }

        int slash = inside.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? inside : inside[..slash];
        string key = slash < 0 ? "" : inside[(slash + 1)..];
        return first.Length == 0 && key.Length == 0
            ? new S3Target(path, rawPath.ToString(), null, null, query)
            : new S3Target(path, rawPath.ToString(), first, key.Length == 0 ? null : key, query);
    }

    /// <summary>Requests through proxies may name the whole address.</summary>
    private static ReadOnlySpan<char> WithoutAuthority(string rawTarget)
    {
        if (rawTarget.StartsWith('/'))
        {
            return rawTarget;
        }

        int authority = rawTarget.IndexOf("://", StringComparison.Ordinal);
        int path = authority < 0 ? -1 : rawTarget.IndexOf('/', authority + 3);
        return path < 0 ? "/" : rawTarget.AsSpan(path);
    }

    private static string? BucketOf(string? host, IReadOnlyList<string> domains)
    {
        if (host is null)
        {
            return null;
        }

        int colon = host.LastIndexOf(':');
        ReadOnlySpan<char> name = colon > 0 && !host.EndsWith(']') ? host.AsSpan(0, colon) : host;
        foreach (string domain in domains)
        {
            if (name.Length > domain.Length + 1
                && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
                && name[^(domain.Length + 1)] == '.')
            {
                return name[..^(domain.Length + 1)].ToString().ToLowerInvariant();
            }
        }

        return null;
    }
}
