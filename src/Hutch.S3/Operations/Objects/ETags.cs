using Hutch.Model;
using Hutch.S3.Requests;
using Hutch.Site.Entries;
using Microsoft.Net.Http.Headers;

namespace Hutch.S3.Operations.Objects;

/// <summary>
/// Entity tags: the first 32 hex digits of the SHA-256 and <c>-1</c>, the form of an upload in parts, so that no client takes it for an
/// MD5.
/// </summary>
internal static class ETags
{
    private const int Digits = 32;
    private const string Suffix = "-1";

    /// <summary>The tag of an entry, with its quotes.</summary>
    public static string Of(Entry entry) => Of(HashOf(entry));

    public static string Of(BlobHash hash) => "\"" + hash.ToString()[..Digits] + Suffix + "\"";

    /// <summary>The hash of what is served for an entry: a link is served as its target.</summary>
    public static BlobHash HashOf(Entry entry) => entry.Kind == EntryKind.File
        ? entry.Hash
        : BlobHash.Of(System.Text.Encoding.UTF8.GetBytes(entry.Target ?? ""));

    /// <summary>Whether a header names this tag: <c>*</c>, or a list of tags with or without quotes.</summary>
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

    /// <summary>What the headers of a write say must hold of the key.</summary>
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
            MustBe = match is null || match.Trim() == "*" ? null : entry => Names(match, Of(entry)),
            MustNotExist = noneMatch?.Trim() == "*",
            MustNotBe = noneMatch is null || noneMatch.Trim() == "*" ? null : entry => Names(noneMatch, Of(entry)),
        };
    }

    /// <summary>What the conditions of a read come to.</summary>
    /// <param name="request">The request.</param>
    /// <param name="entry">What is there.</param>
    /// <param name="prefix">Before the names of the headers: empty, or <c>x-amz-copy-source-</c>.</param>
    public static ReadDecision Decide(S3Request request, Entry entry, string prefix = "")
    {
        string tag = Of(entry);
        if (request.Header(prefix + "If-Match") is { } match)
        {
            if (!Names(match, tag))
            {
                return ReadDecision.Failed;
            }
        }
        else if (Time(request.Header(prefix + "If-Unmodified-Since")) is { } unmodified && ObjectTime.Of(entry) > unmodified)
        {
            return ReadDecision.Failed;
        }

        if (request.Header(prefix + "If-None-Match") is { } noneMatch)
        {
            return Names(noneMatch, tag) ? ReadDecision.NotModified : ReadDecision.Send;
        }

        return Time(request.Header(prefix + "If-Modified-Since")) is { } modified && ObjectTime.Of(entry) <= modified
            ? ReadDecision.NotModified
            : ReadDecision.Send;
    }

    private static DateTimeOffset? Time(string? header) =>
        header is not null && HeaderUtilities.TryParseDate(header, out DateTimeOffset time) ? time : null;
}

/// <summary>What the conditions of a read come to.</summary>
internal enum ReadDecision
{
    Send,
    NotModified,
    Failed,
}
