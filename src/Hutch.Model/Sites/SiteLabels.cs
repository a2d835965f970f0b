using System.Buffers;
using System.Collections.Immutable;

namespace Hutch.Model.Sites;

/// <summary>The labels of a site, such as <c>tier=archive</c> and <c>country=CZ</c>; rules choose sites by them.</summary>
public static class SiteLabels
{
    public const int MaxLabels = 32;

    /// <summary>The name of the site in rules. No site can have another label of this name.</summary>
    public const string NameLabel = "site";

    private const int MaxLength = 64;

    private static readonly SearchValues<char> ValueCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static Result<ImmutableSortedDictionary<string, string>> Check(IEnumerable<KeyValuePair<string, string>> labels)
    {
        ImmutableSortedDictionary<string, string>.Builder checkedLabels = Empty.ToBuilder();
        foreach ((string key, string value) in labels)
        {
            if (!IsName(key))
            {
                return ErrorCode.InvalidName.With(
                    $"{Display.Quote(key)} is not a name of a label: use lower-case letters, digits and dashes, such as tier.");
            }

            if (key == NameLabel)
            {
                return ErrorCode.InvalidName.With("The label site is the name of the site: choose another name for this one.");
            }

            if (!IsValue(value))
            {
                return ErrorCode.InvalidName.With(
                    $"{Display.Quote(value)} is not a value of the label {key}: use letters, digits, '.', '_' and '-', such as archive.");
            }

            checkedLabels[key] = value;
        }

        return checkedLabels.Count <= MaxLabels
            ? checkedLabels.ToImmutable()
            : ErrorCode.InvalidName.With($"A site can have at most {MaxLabels} labels, not {checkedLabels.Count}.");
    }

    public static bool IsName(ReadOnlySpan<char> text) => text.Length <= MaxLength && NameRules.IsDashedLowerCase(text);

    public static bool IsValue(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxLength && !text.ContainsAnyExcept(ValueCharacters);

    internal static bool IsCharacter(char c) => ValueCharacters.Contains(c);

    /// <summary>The text of labels for storage: <c>country=CZ tier=archive</c>.</summary>
    public static string Format(ImmutableSortedDictionary<string, string> labels) =>
        string.Join(' ', labels.Select(static label => $"{label.Key}={label.Value}"));

    public static ImmutableSortedDictionary<string, string> Read(string text)
    {
        return Empty.AddRange(
            text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(static word => word.Split('=', 2))
                .Select(static parts => KeyValuePair.Create(parts[0], parts[^1])));
    }

    /// <summary>
    /// The names of the labels that are missing at one of two sites, or have different values: a measure of their distance.
    /// </summary>
    public static IReadOnlyList<string> Differences(
        ImmutableSortedDictionary<string, string> one, ImmutableSortedDictionary<string, string> other)
    {
        return [.. one.Except(other).Concat(other.Except(one))
            .Select(static label => label.Key).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public static ImmutableSortedDictionary<string, string> Empty { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
