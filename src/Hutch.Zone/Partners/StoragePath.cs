using System.Text.Unicode;

namespace Hutch.Zone.Partners;

/// <summary>
/// The path of a storage scope such as <c>storage.read:/run3/raw</c> (WLCG Common JWT Profiles 1.2, section 2.2.1). It names itself and
/// everything below it. Its parts are percent-encoded as in RFC 3986.
/// </summary>
/// <param name="Parts">The decoded parts in NFC; none for <c>/</c>. None is empty, <c>.</c> or <c>..</c>, or has a slash.</param>
internal sealed record StoragePath(IReadOnlyList<string> Parts)
{
    private const int MaxCharacters = 4096;
    private const int MaxParts = 128;

    /// <summary>
    /// Parses a path. One that is not normalized is refused and never repaired: the profile leaves that open, and two servers could repair
    /// it in different ways.
    /// </summary>
    public static Result<StoragePath> Parse(string text)
    {
        if (text.Length is 0 or > MaxCharacters || text[0] != '/')
        {
            return Invalid(text, $"is not an absolute path of at most {MaxCharacters} characters");
        }

        if (text.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            return Invalid(text, "has characters that must be percent-encoded");
        }

        string[] encoded = text.Length == 1 ? [] : text[1..].TrimEnd('/').Split('/');
        if (encoded.Length > MaxParts || text.EndsWith("//", StringComparison.Ordinal))
        {
            return Invalid(text, "has too many parts, or an empty one");
        }

        string[] parts = new string[encoded.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (Decode(encoded[i]) is not { } part || part is "" or "." or ".." || part.Any(static c => c == '/' || char.IsControl(c)))
            {
                return Invalid(text, "is not normalized");
            }

            parts[i] = part;
        }

        return new StoragePath(parts);
    }

    /// <summary>Returns true for the name of a group: <c>/name</c>, once or several times (section 2.1.1).</summary>
    public static bool IsGroup(string text) =>
        text.Length is > 1 and <= MaxCharacters && text[0] == '/' && text[1..].Split('/').All(static part =>
            part.Length > 0 && char.IsAsciiLetterOrDigit(part[0])
            && part.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'));

    /// <summary>Returns true if another path is this one or below it.</summary>
    public bool Contains(StoragePath other) =>
        other.Parts.Count >= Parts.Count && Parts.SequenceEqual(other.Parts.Take(Parts.Count), StringComparer.Ordinal);

    private static string? Decode(string part)
    {
        byte[] bytes = new byte[part.Length];
        int length = 0;
        for (int i = 0; i < part.Length; i++)
        {
            if (part[i] != '%')
            {
                bytes[length++] = (byte)part[i];
                continue;
            }

            if (i + 2 >= part.Length || !char.IsAsciiHexDigit(part[i + 1]) || !char.IsAsciiHexDigit(part[i + 2]))
            {
                return null;
            }

            bytes[length++] = Convert.FromHexString(part.AsSpan(i + 1, 2))[0];
            i += 2;
        }

        return Utf8.IsValid(bytes.AsSpan(0, length)) ? Nfc.Normalize(Encoding.UTF8.GetString(bytes, 0, length)) : null;
    }

    private static HutchError Invalid(string text, string fault) => ErrorCode.InvalidPath.With($"The path {Display.Quote(text)} {fault}.");
}
