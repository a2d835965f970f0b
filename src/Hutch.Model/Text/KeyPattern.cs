namespace Hutch.Model;

/// <summary>
/// Names keys of a metadata file by their way from the top: <c>User.Email</c> is the key <c>Email</c> under <c>User</c>, and <c>*</c> is
/// any one key, <c>**</c>, at most once, any number of them. What a pattern names it names with all that is below it. Capitals do not
/// matter, so that nothing personal slips through by them.
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

    /// <summary>Reads a pattern.</summary>
    public static Result<KeyPattern> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('.');
        return parts.Length <= MaxParts && parts.All(part => part.Trim().Length > 0) && parts.Count(part => part == AnyNumber) <= 1
            ? new KeyPattern(text, parts)
            : ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} is not a key: use names with a dot between, such as User.Email, at most {MaxParts}.");
    }

    /// <summary>Reads the way to one key, without <c>*</c>.</summary>
    public static Result<string> ParseKey(string text) => Parse(text).Then<string>(
        pattern => pattern._parts.Any(part => part is Any or AnyNumber)
            ? ErrorCode.BadRequest.With($"{Display.Quote(text)} must name one key, without '*'.")
            : text);

    /// <summary>Whether it names the key at the end of a way, or one above it.</summary>
    public bool Matches(ReadOnlySpan<string> way) => Matches(_parts, way);

    /// <summary>
    /// Whether it names a value without keys at the end of a way: <c>User.*</c> also names what is said under <c>User</c> as one text, or
    /// as a list.
    /// </summary>
    public bool MatchesValue(ReadOnlySpan<string> way) => Matches(way) || (_parts[^1] == Any && Matches([.. way, Any]));

    /// <summary>The way to a key in a section; one with dots is a way by itself, as people write it.</summary>
    public static string[] WayTo(ReadOnlySpan<string> section, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
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
