namespace Hutch.S3.Http;

/// <summary>The names of this server in signed hosts.</summary>
internal static class S3Hosts
{
    /// <summary>
    /// Returns true if a host of a request is a configured name, or a bucket below one whose sub-domains are buckets. The port counts:
    /// another server may be behind it.
    /// </summary>
    public static bool Contains(S3Options options, string host)
    {
        foreach (string name in options.Names)
        {
            if (host.Equals(name, StringComparison.OrdinalIgnoreCase) || (IsBelow(host, name) && HasBuckets(options, name)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBelow(string host, string name) =>
        host.Length > name.Length + 1 && host.EndsWith(name, StringComparison.OrdinalIgnoreCase) && host[^(name.Length + 1)] == '.';

    private static bool HasBuckets(S3Options options, string name)
    {
        string withoutPort = name.LastIndexOf(':') is > 0 and var colon && !name.EndsWith(']') ? name[..colon] : name;
        return options.Domains.Contains(withoutPort, StringComparer.OrdinalIgnoreCase);
    }
}
