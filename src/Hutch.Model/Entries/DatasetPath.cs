using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Hutch.Model.Json;

namespace Hutch.Model;

/// <summary>
/// A path in a dataset: relative, parts separated by <c>/</c>, UTF-8 in NFC, at most <see cref="MaxBytes"/> bytes, ordered and
/// compared by its bytes. Every instance but <c>default</c> obeys every rule of <c>docs/formats/paths.md</c>.
/// </summary>
[JsonConverter(typeof(DatasetPathJsonConverter))]
public readonly struct DatasetPath : IEquatable<DatasetPath>, IComparable<DatasetPath>
{
    /// <summary>The most bytes of a path in UTF-8.</summary>
    public const int MaxBytes = 1024;

    private static readonly string TooLong = $"is longer than {MaxBytes} bytes of UTF-8; shorten it";

    private readonly string? _value;

    private DatasetPath(string value) => _value = value;

    /// <summary>The path as text, in NFC. Empty only for <c>default</c>, which is no path.</summary>
    public string Value => _value ?? "";

    /// <summary>The last part.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The path of the parent directory; null at the top.</summary>
    public DatasetPath? Parent
    {
        get
        {
            int slash = Value.LastIndexOf('/');
            return slash < 0 ? null : new DatasetPath(Value[..slash]);
        }
    }

    /// <summary>The directories above it, nearest first.</summary>
    public IEnumerable<DatasetPath> Ancestors()
    {
        for (DatasetPath? above = Parent; above is { } directory; above = directory.Parent)
        {
            yield return directory;
        }
    }

    /// <summary>
    /// Parses a path and normalizes it to NFC. The error (<see cref="ErrorCode.InvalidPath"/>) names the first rule that it breaks.
    /// </summary>
    public static Result<DatasetPath> Parse(string text)
    {
        if (text.Length > MaxBytes * 4)
        {
            // Even with every character taken apart into its marks this is too long: do not spend time on normalising it.
            return Reject(text, TooLong);
        }

        if (!IsWellFormed(text))
        {
            return Reject(text, "contains half of a surrogate pair, which is not a character; the name must be valid Unicode");
        }

        string path = Nfc.Normalize(text);
        return FindFault(path) is { } fault ? Reject(text, fault) : new DatasetPath(path);
    }

    /// <summary>Parses a path from the bytes of a file name or request; bytes that are not UTF-8 are refused.</summary>
    public static Result<DatasetPath> ParseUtf8(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes)
            ? Parse(Encoding.UTF8.GetString(bytes))
            : ErrorCode.InvalidPath.With($"The path {Display.QuoteBytes(bytes)} is not valid UTF-8; rename the file.");

    /// <summary>Wraps a text that is known to obey every rule, for example from a page.</summary>
    internal static DatasetPath Trusted(string value) => new(value);

    /// <summary>Returns true if it is below the directory, at any depth.</summary>
    public bool IsUnder(DatasetPath directory) =>
        Value.Length > directory.Value.Length
            && Value[directory.Value.Length] == '/'
            && Value.StartsWith(directory.Value, StringComparison.Ordinal);

    /// <summary>The path of an item in this directory. The joined path must obey every rule, too.</summary>
    public Result<DatasetPath> Append(string relative) => Parse(Value + "/" + relative);

    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(Value);

    public bool Equals(DatasetPath other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is DatasetPath other && Equals(other);

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>Compares by UTF-8 bytes.</summary>
    public int CompareTo(DatasetPath other) => Utf8Order.Compare(Value, other.Value);

    public override string ToString() => Value;

    public static bool operator ==(DatasetPath left, DatasetPath right) => left.Equals(right);

    public static bool operator !=(DatasetPath left, DatasetPath right) => !left.Equals(right);

    public static bool operator <(DatasetPath left, DatasetPath right) => left.CompareTo(right) < 0;

    public static bool operator <=(DatasetPath left, DatasetPath right) => left.CompareTo(right) <= 0;

    public static bool operator >(DatasetPath left, DatasetPath right) => left.CompareTo(right) > 0;

    public static bool operator >=(DatasetPath left, DatasetPath right) => left.CompareTo(right) >= 0;

    private static HutchError Reject(string text, string fault) => ErrorCode.InvalidPath.With($"The path {Display.Quote(text)} {fault}.");

    private static string? FindFault(string path)
    {
        if (path.Length == 0)
        {
            return "is empty; a file needs a name";
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return "contains a NUL character; remove it";
        }

        if (path[0] == '/')
        {
            return "is absolute; remove the leading slash";
        }

        if (path[^1] == '/')
        {
            return "ends in a slash; name a file, or create an empty directory without the slash";
        }

        return FindFaultyPart(path) ?? FindFaultyLength(path);
    }

    private static string? FindFaultyPart(string path)
    {
        foreach (Range range in path.AsSpan().Split('/'))
        {
            switch (path.AsSpan()[range])
            {
                case "":
                    return "has an empty part; use one slash, not two";
                case ".":
                    return "has a part '.'; remove it";
                case "..":
                    return "has a part '..'; write the path from the top of the dataset";
                default:
                    break;
            }
        }

        return null;
    }

    private static string? FindFaultyLength(string path) =>
        path.Length > MaxBytes || Encoding.UTF8.GetByteCount(path) > MaxBytes ? TooLong : null;

    internal static bool IsWellFormed(string text)
    {
        ReadOnlySpan<char> rest = text;
        int surrogate = rest.IndexOfAnyInRange('\ud800', '\udfff');
        while (surrogate >= 0)
        {
            rest = rest[surrogate..];
            if (rest.Length < 2 || !char.IsSurrogatePair(rest[0], rest[1]))
            {
                return false;
            }

            rest = rest[2..];
            surrogate = rest.IndexOfAnyInRange('\ud800', '\udfff');
        }

        return true;
    }
}
