using Hutch.S3.Errors;
using Hutch.S3.Http;

namespace Hutch.S3.Operations.Objects;

/// <summary>Tags of objects and buckets, with AWS's limits.</summary>
internal static class Tags
{
    public const string Header = "x-amz-tagging";
    public const int MaxOfObject = 10;
    public const int MaxOfBucket = 50;
    private const int MaxNameCharacters = 128;
    private const int MaxValueCharacters = 256;

    /// <summary>Reads the header: names and values as in a query.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> ParseHeader(string? header) =>
        header is null ? [] : Check(S3Query.Parse(header).Items, MaxOfObject);

    public static string WriteHeader(IReadOnlyList<KeyValuePair<string, string>> tags) =>
        string.Join('&', tags.Select(static tag => $"{Uri.EscapeDataString(tag.Key)}={Uri.EscapeDataString(tag.Value)}"));

    public static IReadOnlyList<KeyValuePair<string, string>> Check(IReadOnlyList<KeyValuePair<string, string>> tags, int most)
    {
        if (tags.Count > most)
        {
            throw S3ErrorCode.InvalidTag.With($"At most {most} tags are allowed.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, string value) in tags)
        {
            if (name.Length is 0 or > MaxNameCharacters || value.Length > MaxValueCharacters || name.EnumerateRunes().Any(Rune.IsControl))
            {
                throw S3ErrorCode.InvalidTag.With(
                    $"The tag {Display.Quote(name)} is invalid: "
                    + $"its key must have 1 to {MaxNameCharacters} characters, its value at most {MaxValueCharacters}.");
            }

            if (!names.Add(name))
            {
                throw S3ErrorCode.InvalidTag.With($"Cannot provide multiple Tags with the same key: {Display.Quote(name)}.");
            }
        }

        return tags;
    }
}
