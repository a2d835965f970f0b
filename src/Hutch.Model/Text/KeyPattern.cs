namespace Hutch.Model;

/// <summary>
/// A pattern for keys of a metadata file by their path from the top: <c>User.Email</c> is the key <c>Email</c> under <c>User</c>. <c>*</c>
/// is any one key; <c>**</c>, at most once, is any number of keys. A matched key includes everything below it. Matching ignores case, so
/// that no personal data is missed because of its case.
/// </summary>
public sealed class KeyPattern
{
    private const int MaxParts = 16;
    private const string Any = "*";
    private const string AnyNumber = "**";

    private readonly string _text;
    private readonly string[] _parts;

    private KeyPattern(string text, string[] parts)
    {
        _text = text;
        _parts = parts;
    }

    public static Result<KeyPattern> Parse(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length <= MaxParts && parts.All(part => part.Trim().Length > 0) && parts.Count(part => part == AnyNumber) <= 1
            ? new KeyPattern(text, parts)
            : ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} is not a key: use names with a dot between, such as User.Email, at most {MaxParts}.");
    }

    /// <summary>Parses the path of one key, without <c>*</c>.</summary>
    public static Result<string> ParseKey(string text) => Parse(text).Then<string>(
        pattern => pattern._parts.Any(part => part is Any or AnyNumber)
            ? ErrorCode.BadRequest.With($"{Display.Quote(text)} must name one key, without '*'.")
            : text);

    /// <summary>Returns true if it matches the key at the end of a path, or one above it.</summary>
    public bool Matches(ReadOnlySpan<string> way) => Matches(_parts, way);

    /// <summary>
    /// Returns true if it matches a value without keys at the end of a path. <c>User.*</c> also matches the value of <c>User</c> itself if
    /// that is a text or a list.
    /// </summary>
    public bool MatchesValue(ReadOnlySpan<string> way) => Matches(way) || (_parts[^1] == Any && Matches([.. way, Any]));

    /// <summary>The path of a key in a section. A key with dots is itself a path.</summary>
    public static string[] WayTo(ReadOnlySpan<string> section, string key)
    {
        return [.. section, .. key.Split('.')];
    }

    private static bool Matches(ReadOnlySpan<string> parts, ReadOnlySpan<string> way)
    {
        if (parts.IsEmpty)
        {
            return true;
        }

        if (parts[0] == AnyNumber)
        {
            return Matches(parts[1..], way) || (!way.IsEmpty && Matches(parts, way[1..]));
        }

        return !way.IsEmpty && (parts[0] == Any || string.Equals(parts[0], way[0], StringComparison.OrdinalIgnoreCase))
            && Matches(parts[1..], way[1..]);
    }

    public override string ToString() => _text;
}
