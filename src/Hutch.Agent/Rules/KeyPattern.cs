using Hutch.Model;

namespace Hutch.Agent.Rules;

/// <summary>
/// Names keys of a metadata file by their way from the top: <c>User.Email</c> is the key <c>Email</c> under <c>User</c>, and <c>*</c> is
/// any one key. What a pattern names it names with all that is below it.
/// </summary>
public sealed class KeyPattern
{
    private const int MaxParts = 16;
    private const string Any = "*";

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
        return parts.Length <= MaxParts && parts.All(part => part.Trim().Length > 0)
            ? new KeyPattern(text, parts)
            : ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} is not a key: use names with a dot between, such as User.Email, at most {MaxParts}.");
    }

    /// <summary>Reads the way to one key, without <c>*</c>.</summary>
    public static Result<string> ParseKey(string text) => Parse(text).Then<string>(
        pattern => pattern._parts.Contains(Any)
            ? ErrorCode.BadRequest.With($"{Display.Quote(text)} must name one key, without '*'.")
            : text);

    /// <summary>Whether it names the key at the end of a way, or one above it.</summary>
    public bool Matches(IReadOnlyList<string> way)
    {
        ArgumentNullException.ThrowIfNull(way);
        return way.Count >= _parts.Length && !_parts.Where((part, i) => part != Any && part != way[i]).Any();
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}
