using Hutch.Site.Write.Entries;
using Microsoft.Net.Http.Headers;

namespace Hutch.Doors.Requests;

/// <summary>Entity tags of files: their SHA-256 in quotes (RFC 9110 sections 8.8.3 and 13.1).</summary>
public static class EntityTags
{
    private const string IfNoneMatch = "If-None-Match";

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

    /// <summary>The conditions of a change. As RFC 9110 says, a date that cannot be read, and one beside tags, do not count.</summary>
    public static EntryCondition Condition(DoorRequest request) => ReadCondition(request) with
    {
        MustNotExist = IsAny(request.Header(IfNoneMatch)),
        MustBeNoneOf = IsAny(request.Header(IfNoneMatch)) ? null : Parse(request.Header(IfNoneMatch)),
    };

    /// <summary>The conditions without <c>If-None-Match</c>, which of a read only means that nothing new is to be sent.</summary>
    public static EntryCondition ReadCondition(DoorRequest request)
    {
        string? ifMatch = request.Header("If-Match");
        return new EntryCondition
        {
            MustExist = IsAny(ifMatch),
            MustBeOneOf = IsAny(ifMatch) ? null : Parse(ifMatch),
            MustNotBe = ifMatch is null && HeaderUtilities.TryParseDate(request.Header("If-Unmodified-Since"), out DateTimeOffset time)
                ? entry => entry.ModifiedNanoseconds != 0 && EntryTime.Seconds(entry.ModifiedNanoseconds) > time.ToUnixTimeSeconds()
                : null,
        };
    }

    public static bool Match(string? header, BlobHash hash) => IsAny(header) || Parse(header)?.Contains(hash) == true;

    public static bool IsAny(string? header) => header?.Trim() == "*";
}
