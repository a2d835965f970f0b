using System.Buffers.Binary;
using Hutch.Model.Records;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;
using Microsoft.Net.Http.Headers;

namespace Hutch.S3.Operations.Objects;

/// <summary>
/// Entity tags: the MD5 where it is known, as S3 has it. Elsewhere the first 32 hex digits of the SHA-256 and <c>-1</c>, the form of an
/// upload in parts, so that no client takes it for an MD5.
/// </summary>
internal static class ETags
{
    private const string SizeHeader = "x-amz-if-match-size";
    private const string TimeHeader = "x-amz-if-match-last-modified-time";
    private const int Digits = 32;
    private const string Suffix = "-1";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The tag of an entry, with its quotes.</summary>
    public static string For(Entry entry) => "\"" + (Md5Of(entry) ?? HashOf(entry).ToString()[..Digits] + Suffix) + "\"";

    /// <summary>The tag of a part, with its quotes: the same whenever the same bytes are sent.</summary>
    public static string For(SiteUploadPart part)
    {
        if (PartMarks.Parse(part.Checksum).Md5 is { } md5)
        {
            return "\"" + md5 + "\"";
        }

        // The stored checksums distinguish the parts; no security depends on this hash.
        using var digest = HashDigest.Sha256();
        Span<byte> extent = stackalloc byte[sizeof(int) + sizeof(uint)];
        foreach (Extent one in part.Extents)
        {
            BinaryPrimitives.WriteInt32LittleEndian(extent, one.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(extent[sizeof(int)..], one.Crc);
            digest.Append(extent);
        }

        return "\"" + Convert.ToHexStringLower(digest.Finish())[..Digits] + Suffix + "\"";
    }

    /// <summary>The MD5 of an upload as S3 makes it: of the MD5s of the parts, and how many they are; null when one is unknown.</summary>
    public static string? Combine(IReadOnlyList<SiteUploadPart> parts)
    {
        using var digest = HashDigest.Md5();
        foreach (SiteUploadPart part in parts)
        {
            if (PartMarks.Parse(part.Checksum).Md5 is not { } md5)
            {
                return null;
            }

            digest.Append(Convert.FromHexString(md5));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(digest.Finish())}-{parts.Count}");
    }

    /// <summary>Returns the hash of the bytes served for an entry: a link is served as its target.</summary>
    public static BlobHash HashOf(Entry entry) => entry.Kind == EntryKind.File
        ? entry.Hash
        : BlobHash.Compute(System.Text.Encoding.UTF8.GetBytes(entry.Target ?? ""));

    /// <summary>Returns true if a header names this tag: <c>*</c>, or a list of tags with or without quotes.</summary>
    public static bool Names(string header, string tag)
    {
        string bare = tag.Trim('"');
        foreach (string part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            string one = part.StartsWith("W/", StringComparison.Ordinal) ? part[2..] : part;
            if (one == "*" || one.Trim('"') == bare)
            {
                return true;
            }
        }

        return false;
    }

    public static EntryCondition Condition(S3Request request)
    {
        string? match = request.Header("If-Match");
        string? noneMatch = request.Header("If-None-Match");
        if (match is null && noneMatch is null)
        {
            return EntryCondition.None;
        }

        return new EntryCondition
        {
            MustExist = match?.Trim() == "*",
            MustBe = match is null || match.Trim() == "*" ? null : entry => Names(match, For(entry)),
            MustNotExist = noneMatch?.Trim() == "*",
            MustNotBe = noneMatch is null || noneMatch.Trim() == "*" ? null : entry => Names(noneMatch, For(entry)),
        };
    }

    /// <summary>Reads the precondition of a removal from its headers: size and time too.</summary>
    public static EntryCondition ConditionOfRemoval(S3Request request)
    {
        EntryCondition condition = Condition(request);
        return MustBeAlso(
            condition, SizeHeader, request.Header(SizeHeader), TimeHeader, request.Header(TimeHeader));
    }

    public static EntryCondition ConditionOfRemoval(XElement wanted) => MustBeAlso(
        wanted.Text("ETag") is { } tag ? new EntryCondition { MustBe = entry => Names(tag, For(entry)) } : EntryCondition.None,
        "Size", wanted.Text("Size"), "LastModifiedTime", wanted.Text("LastModifiedTime"));

    /// <param name="prefix">The prefix of the header names: empty, or <c>x-amz-copy-source-</c>.</param>
    public static ReadDecision Decide(S3Request request, Entry entry, string prefix = "")
    {
        string tag = For(entry);
        if (request.Header(prefix + "If-Match") is { } match)
        {
            if (!Names(match, tag))
            {
                return ReadDecision.Failed;
            }
        }
        else if (Time(request.Header(prefix + "If-Unmodified-Since")) is { } unmodified && ObjectTime.From(entry) > unmodified)
        {
            return ReadDecision.Failed;
        }

        if (request.Header(prefix + "If-None-Match") is { } noneMatch)
        {
            return Names(noneMatch, tag) ? ReadDecision.NotModified : ReadDecision.Send;
        }

        return Time(request.Header(prefix + "If-Modified-Since")) is { } modified && ObjectTime.From(entry) <= modified
            ? ReadDecision.NotModified
            : ReadDecision.Send;
    }

    private static string? Md5Of(Entry entry)
    {
        return ObjectAttributes.FindOfBytes(entry, ObjectAttributes.Md5Name) is { Length: >= Digits } md5
            && !md5.AsSpan(0, Digits).ContainsAnyExcept(HexDigits) && IsCount(md5.AsSpan(Digits))
            ? md5
            : null;
    }

    /// <summary>Nothing, or the number of parts.</summary>
    private static bool IsCount(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text.Length is > 1 and < 7 && text[0] == '-' && !text[1..].ContainsAnyExceptInRange('0', '9'));

    private static EntryCondition MustBeAlso(EntryCondition condition, string sizeName, string? size, string timeName, string? time)
    {
        if (size is null && time is null)
        {
            return condition;
        }

        long? bytes = size is null ? null
            : long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
            : throw S3ErrorCode.InvalidArgument.With($"{sizeName} must be a number of bytes.");
        DateTimeOffset? modified = time is null ? null
            : DateTimeOffset.TryParse(
                time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed) ? parsed
            : throw S3ErrorCode.InvalidArgument.With($"{timeName} must be a time.");
        return condition with
        {
            MustBe = entry => condition.MustBe?.Invoke(entry) != false
                && (bytes is null || GetOperations.SizeOf(entry) == bytes)
                && (modified is null || ObjectTime.From(entry).ToUnixTimeSeconds() == modified.Value.ToUnixTimeSeconds()),
        };
    }

    private static DateTimeOffset? Time(string? header) =>
        header is not null && HeaderUtilities.TryParseDate(header, out DateTimeOffset time) ? time : null;
}

internal enum ReadDecision
{
    Send,
    NotModified,
    Failed,
}
