namespace Hutch.Model;

/// <summary>
/// A reference to a snapshot, as written after the <c>@</c>. Up to 9 decimal digits are a number; 8 to 64 lower-case hex digits that are
/// not a number are a hash prefix; any other text that starts with a letter is a tag. No tag is ambiguous with the other two.
/// </summary>
public readonly record struct SnapshotRef
{
    public const int MinHashPrefixLength = 8;

    public const int MaxTagLength = 64;

    private const int MaxNumberDigits = 9;

    private readonly string? _text;

    private SnapshotRef(SnapshotRefKind kind, string text, int number)
    {
        Kind = kind;
        _text = text;
        Number = number;
    }

    public SnapshotRefKind Kind { get; }

    /// <summary>The number, from 1; 0 for a tag or hash prefix.</summary>
    public int Number { get; }

    /// <summary>The tag, the hash prefix in lower case, or the digits of the number; without the <c>@</c>.</summary>
    public string Text => _text ?? "";

    public static SnapshotRef OfNumber(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return new SnapshotRef(SnapshotRefKind.Number, number.ToString(CultureInfo.InvariantCulture), number);
    }

    /// <summary>Parses a reference, with or without the leading <c>@</c>.</summary>
    public static Result<SnapshotRef> Parse(string text)
    {
        string name = text.StartsWith('@') ? text[1..] : text;
        if (name.Length is > 0 and <= MaxNumberDigits && name.All(char.IsAsciiDigit))
        {
            int number = int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);
            return number > 0 ? OfNumber(number) : ErrorCode.InvalidName.With("Snapshots start at 1: there is no snapshot @0.");
        }

        if (IsHashPrefix(name))
        {
            return new SnapshotRef(SnapshotRefKind.HashPrefix, name.ToLowerInvariant(), 0);
        }

        return IsTag(name)
            ? new SnapshotRef(SnapshotRefKind.Tag, name, 0)
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not a snapshot: use @N (a number from 1), @TAG, "
                + $"or @HASH ({MinHashPrefixLength} or more hex digits).");
    }

    /// <summary>Parses a new tag; a text that could also be a number or a hash prefix is refused.</summary>
    public static Result<string> ParseTag(string text) =>
        IsTag(text) && !IsHashPrefix(text)
            ? text
            : ErrorCode.InvalidName.With(
                $"{Display.Quote(text)} is not a valid tag: use a letter, then letters, digits, '.', '_' and '-', "
                + $"{MaxTagLength} characters at most. It must not look like a hash.");

    /// <summary>The reference with its <c>@</c>.</summary>
    public override string ToString() => "@" + Text;

    private static bool IsHashPrefix(string name) =>
        name.Length is >= MinHashPrefixLength and <= BlobHash.TextLength && name.All(char.IsAsciiHexDigit);

    private static bool IsTag(string name) =>
        name.Length is > 0 and <= MaxTagLength
            && char.IsAsciiLetter(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}

public enum SnapshotRefKind
{
    /// <summary>The number in its dataset, from 1.</summary>
    Number,

    Tag,

    /// <summary>The first 8 or more hex digits of the hash.</summary>
    HashPrefix,
}
