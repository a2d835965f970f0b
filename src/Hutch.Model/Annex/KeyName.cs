using System.Text.RegularExpressions;

namespace Hutch.Model.Annex;

/// <summary>
/// A git-annex key of any backend, as links, pointers and requests name it: <c>BACKEND-s2000--DIGEST.nii.gz</c>
/// (git-annex.branchable.com/internals/key_format).
/// </summary>
/// <param name="Size">The size of the content in bytes; null if the key has none.</param>
/// <param name="Digest">The part after the two hyphens, without an extension.</param>
public sealed partial record KeyName(string Text, string Backend, long? Size, string Digest)
{
    /// <summary>The largest pointer file that git-annex recognizes, in bytes.</summary>
    public const int MaxPointerBytes = 32 << 10;

    private const int MaxLength = 1024;
    private const string LinkFolder = ".git/annex/objects/";
    private const string PointerStart = "/annex/objects/";

    /// <summary>The key without parts that are independent of the content: the extension, and the backend's letter for it.</summary>
    public string Name => $"{Backend}{(Size is long size ? "-s" + size.ToString(CultureInfo.InvariantCulture) : "")}--{Digest}";

    /// <summary>The SHA-256 of the content, if the key is made of it.</summary>
    public BlobHash? Sha256 => Backend == "SHA256" && BlobHash.TryParse(Digest, out BlobHash hash) ? hash : null;

    /// <summary>Parses a key; null for any other text.</summary>
    public static KeyName? Parse(string text)
    {
        Match match = text.Length > MaxLength ? Match.Empty : Format().Match(text);
        if (!match.Success)
        {
            return null;
        }

        string backend = match.Groups["backend"].Value;
        string digest = match.Groups["rest"].Value;
        if (backend.EndsWith('E') && backend != "E" && backend != "WORM")
        {
            backend = backend[..^1];
            digest = digest.Split('.')[0];
        }

        return match.Groups["size"] is { Success: true } size
            ? new KeyName(text, backend, long.Parse(size.Value, CultureInfo.InvariantCulture), digest)
            : new KeyName(text, backend, null, digest);
    }

    /// <summary>The key of content with a SHA-256 in lower-case digits; null if the digits are invalid.</summary>
    public static KeyName? OfSha256(string digest, long size) =>
        size >= 0 && BlobHash.TryParse(digest, out BlobHash hash) && hash.ToString() == digest
            ? Parse(string.Create(CultureInfo.InvariantCulture, $"SHA256-s{size}--{digest}"))
            : null;

    /// <summary>The key of a symbolic link in git; null for a link to anything else.</summary>
    public static KeyName? OfLink(string target)
    {
        int at = target.LastIndexOf(LinkFolder, StringComparison.Ordinal);
        if (at < 0 || target[..at].Replace("../", "", StringComparison.Ordinal).Length > 0)
        {
            return null;
        }

        string[] parts = target[(at + LinkFolder.Length)..].Split('/');
        return parts is [_, _, var folder, var key] && folder == key ? Parse(key) : null;
    }

    /// <summary>The key of a pointer file; null for any other content.</summary>
    public static KeyName? OfPointer(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxPointerBytes || !content.StartsWith("/annex/objects/"u8))
        {
            return null;
        }

        int end = content.IndexOf((byte)'\n');
        return Parse(Encoding.UTF8.GetString(end < 0 ? content : content[..end])[PointerStart.Length..]);
    }

    /// <summary>The target of a link to the content, for a file that is the given number of directories below the top.</summary>
    public string ToLink(int depth)
    {
        return string.Concat(Enumerable.Repeat("../", depth)) + $"{LinkFolder}{HashDirectory.MixedOf(Text)}/{Text}/{Text}";
    }

    [GeneratedRegex(
        "^(?<backend>[A-Z0-9_]+)(-s(?<size>[0-9]{1,18}))?(-m[0-9]+)?--(?<rest>[^/\\x00-\\x1f]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Format();
}
