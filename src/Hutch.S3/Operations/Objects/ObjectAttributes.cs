using System.Collections.Immutable;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Http;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Objects;

/// <summary>The attributes of an object: the user's under their names, S3's under names with a colon, which no header can have.</summary>
internal static class ObjectAttributes
{
    public const string ChecksumName = ":checksum";
    public const string PartsName = ":parts";
    public const string UploadName = ":upload";
    public const string Md5Name = ":md5";
    private const string Latin1Name = ":latin1";
    public const string TagPrefix = ":tag:";
    public const string DefaultContentType = "binary/octet-stream";
    private const string Chunked = "aws-chunked";
    private const int HashDigits = 16;

    private static readonly ImmutableSortedDictionary<string, string> Nothing =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public static Entry Read(S3Request request)
    {
        ImmutableSortedDictionary<string, string>.Builder found = Nothing.ToBuilder();
        var inLatin1 = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((string name, var value) in request.Http.Request.Headers)
        {
            if (name.StartsWith(ObjectHeaders.MetadataPrefix, StringComparison.OrdinalIgnoreCase)
                && name[ObjectHeaders.MetadataPrefix.Length..].ToLowerInvariant() is { Length: > 0 } key)
            {
                found[key] = ObjectHeaders.Read(value.ToString(), out bool isLatin1);
                if (isLatin1)
                {
                    inLatin1.Add(key);
                }
            }
        }

        if (inLatin1.Count > 0)
        {
            found[Latin1Name] = string.Join(',', inLatin1);
        }

        foreach (string name in ObjectHeaders.Content)
        {
            if (request.Header(name) is { } value && WithoutChunks(name, value) is { Length: > 0 } stored)
            {
                found[AttributeOf(name)] = stored;
            }
        }

        foreach ((string name, string value) in Tags.ParseHeader(request.Header(Tags.Header)))
        {
            found[TagPrefix + name] = value;
        }

        return Checked(new Entry
        {
            Kind = EntryKind.File,
            ContentType = request.Header("Content-Type"),
            UserMetadata = OrNull(found.ToImmutable()),
        });
    }

    public static void Write(HttpResponse response, Entry entry)
    {
        int tags = 0;
        string[] inLatin1 = Find(entry, Latin1Name)?.Split(',') ?? [];
        foreach ((string name, string value) in entry.UserMetadata ?? Nothing)
        {
            if (name.StartsWith(TagPrefix, StringComparison.Ordinal))
            {
                tags++;
            }
            else if (value.Any(char.IsControl))
            {
                // Another door took it; no header can say it.
            }
            else if (name[0] == ':')
            {
                WriteContentHeader(response, name, value);
            }
            else if (IsHeaderName(name))
            {
                response.Headers[ObjectHeaders.MetadataPrefix + name] = ObjectHeaders.Write(value, inLatin1.Contains(name));
            }
        }

        if (tags > 0)
        {
            response.Headers["x-amz-tagging-count"] = tags.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    public static string? Find(Entry entry, string name) => entry.UserMetadata?.GetValueOrDefault(name);

    /// <summary>An entry with an attribute more, or another value of it; null takes it away.</summary>
    public static Entry With(Entry entry, string name, string? value)
    {
        ImmutableSortedDictionary<string, string> metadata = entry.UserMetadata ?? Nothing;
        return entry with { UserMetadata = OrNull(value is null ? metadata.Remove(name) : metadata.SetItem(name, value)) };
    }

    /// <summary>
    /// Adds the checksum that the sender chose, and the MD5 (hex digits; for an upload in parts followed by <c>-N</c>). The first digits of
    /// the hash follow after <c>@</c>: other doors may replace the bytes and leave the metadata as they were.
    /// </summary>
    public static Entry WithDigests(Entry entry, BlobHash hash, ObjectChecksum? checksum, string? md5)
    {
        string of = "@" + hash.ToString()[..HashDigits];
        Entry with = checksum is null ? entry : With(entry, ChecksumName, checksum.ToAttribute() + of);
        return md5 is null ? with : With(with, Md5Name, md5 + of);
    }

    /// <summary>
    /// Returns an attribute of an entry's bytes; null if it is of other bytes. Older versions of Hutch wrote it without a hash.
    /// </summary>
    public static string? FindOfBytes(Entry entry, string name)
    {
        string? stored = entry.Kind == EntryKind.File ? Find(entry, name) : null;
        int at = stored?.LastIndexOf('@') ?? -1;
        if (at < 0)
        {
            return stored;
        }

        Span<byte> hash = stackalloc byte[BlobHash.Size];
        Span<char> digits = stackalloc char[HashDigits];
        entry.Hash.CopyTo(hash);
        _ = Convert.TryToHexStringLower(hash[..(HashDigits / 2)], digits, out _);
        return stored.AsSpan(at + 1).SequenceEqual(digits) ? stored![..at] : null;
    }

    public static ObjectChecksum? Checksum(Entry entry) =>
        ObjectChecksum.TryParse(FindOfBytes(entry, ChecksumName), out ObjectChecksum? checksum) ? checksum : null;

    public static IReadOnlyList<KeyValuePair<string, string>> TagsOf(Entry entry) =>
        [.. (entry.UserMetadata ?? Nothing).Where(pair => pair.Key.StartsWith(TagPrefix, StringComparison.Ordinal))
            .Select(pair => new KeyValuePair<string, string>(pair.Key[TagPrefix.Length..], pair.Value))];

    public static Entry WithTags(Entry entry, IEnumerable<KeyValuePair<string, string>> tags)
    {
        ImmutableSortedDictionary<string, string>.Builder metadata = (entry.UserMetadata ?? Nothing).ToBuilder();
        metadata.RemoveRange(metadata.Keys.Where(name => name.StartsWith(TagPrefix, StringComparison.Ordinal)).ToList());
        foreach ((string name, string value) in tags)
        {
            metadata[TagPrefix + name] = value;
        }

        return Checked(entry with { UserMetadata = OrNull(metadata.ToImmutable()) });
    }

    /// <summary>An entry that obeys every rule, or the refusal.</summary>
    public static Entry Checked(Entry entry)
    {
        Result<Done> valid = EntryRules.Check(entry);
        return valid.IsOk
            ? entry
            : throw S3ErrorCode.MetadataTooLarge.With($"Your metadata headers exceed the maximum allowed. {valid.Error.Message}");
    }

    private static string AttributeOf(string header) => ":" + header.ToLowerInvariant();

    private static void WriteContentHeader(HttpResponse response, string attribute, string value)
    {
        foreach (string header in ObjectHeaders.Content)
        {
            if (attribute.AsSpan(1).Equals(header, StringComparison.OrdinalIgnoreCase))
            {
                response.Headers[header] = value;
            }
        }
    }

    /// <summary>The framing of a body is no encoding of the object.</summary>
    private static string WithoutChunks(string header, string value) =>
        header == "Content-Encoding" && value.Contains(Chunked, StringComparison.OrdinalIgnoreCase)
            ? string.Join(", ", value.Split(',', StringSplitOptions.TrimEntries).Where(
                part => !part.Equals(Chunked, StringComparison.OrdinalIgnoreCase)))
            : value;

    private static ImmutableSortedDictionary<string, string>? OrNull(ImmutableSortedDictionary<string, string> metadata) =>
        metadata.IsEmpty ? null : metadata;

    private static bool IsHeaderName(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
