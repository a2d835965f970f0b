using Hutch.Site.Write.Entries;

namespace Hutch.Api.Http;

/// <summary>Entity tags of files: their SHA-256 in quotes (RFC 9110 sections 8.8.3 and 13.1).</summary>
internal static class EntityTags
{
    public static string For(BlobHash hash) => $"\"{hash}\"";

    /// <summary>The hashes of a list of tags; tags that are no hash never match. Null when the header is absent.</summary>
    public static IReadOnlyList<BlobHash>? Parse(string? header)
    {
        if (header is null)
        {
            return null;
        }

        var hashes = new List<BlobHash>();
        foreach (string part in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string tag = part.StartsWith("W/", StringComparison.Ordinal) ? part[2..] : part;
            if (BlobHash.TryParse(tag.Trim('"'), out BlobHash hash))
            {
                hashes.Add(hash);
            }
        }

        return hashes;
    }

    public static EntryCondition Condition(string? ifMatch, string? ifNoneMatch) => new()
    {
        MustExist = IsAny(ifMatch),
        MustBeOneOf = IsAny(ifMatch) ? null : Parse(ifMatch),
        MustNotExist = IsAny(ifNoneMatch),
        MustBeNoneOf = IsAny(ifNoneMatch) ? null : Parse(ifNoneMatch),
    };

    public static bool Match(string? header, BlobHash hash) => IsAny(header) || Parse(header)?.Contains(hash) == true;

    public static bool IsAny(string? header) => header?.Trim() == "*";
}
