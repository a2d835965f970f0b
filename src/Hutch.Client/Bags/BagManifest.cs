using Hutch.Model.Bags;

namespace Hutch.Client.Bags;

/// <summary>A payload manifest or tag manifest of a bag (RFC 8493, sections 2.1.3 and 2.2.1).</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="IsOfTags">True for a manifest of tag files.</param>
/// <param name="DigestLength">Hexadecimal digits of a digest.</param>
internal sealed record BagManifest(string Name, bool IsOfTags, HashAlgorithmName Algorithm, int DigestLength)
{
    private const string TagPrefix = "tag";
    private const string Prefix = "manifest-";
    private const string Extension = ".txt";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>True if a file of this name is a manifest, of a known or unknown algorithm.</summary>
    internal static bool IsOne(string name) =>
        WithoutTag(name).StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        && name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>The manifest in a file of this name; null if its algorithm is unknown.</summary>
    internal static BagManifest? Find(string name)
    {
        (HashAlgorithmName Algorithm, int Bytes)? known = WithoutTag(name)[Prefix.Length..^Extension.Length].ToUpperInvariant() switch
        {
            "MD5" => (HashAlgorithmName.MD5, 16),
            "SHA1" => (HashAlgorithmName.SHA1, 20),
            "SHA256" => (HashAlgorithmName.SHA256, 32),
            "SHA384" => (HashAlgorithmName.SHA384, 48),
            "SHA512" => (HashAlgorithmName.SHA512, 64),
            _ => null,
        };
        return known is { } found ? new BagManifest(name, IsTag(name), found.Algorithm, found.Bytes * 2) : null;
    }

    /// <summary>Splits a line into the digest and the decoded path; null if it is none.</summary>
    internal (string Digest, string Path)? Split(string line)
    {
        ReadOnlySpan<char> text = line;
        int end = text.IndexOfAny(' ', '\t');
        if (end != DigestLength || text[..end].ContainsAnyExcept(HexDigits))
        {
            return null;
        }

        // An asterisk stands before the names of files that md5sum read as binary ones.
        ReadOnlySpan<char> path = text[end..].TrimStart(" \t");
        path = path.StartsWith('*') ? path[1..] : path;
        return path.IsEmpty ? null : (line[..end], BagFormat.DecodePath(path.ToString()));
    }

    private static bool IsTag(string name) => name.StartsWith(TagPrefix, StringComparison.OrdinalIgnoreCase);

    private static string WithoutTag(string name) => IsTag(name) ? name[TagPrefix.Length..] : name;
}
