using System.Text.Json.Nodes;

namespace Hutch.Client.Deposits;

/// <summary>A record or draft of a repository.</summary>
/// <param name="IsPublished">True if the record is published.</param>
/// <param name="Page">The address of its page for people.</param>
/// <param name="Doi">Its DOI; null for none, or for a draft whose DOI is not reserved.</param>
/// <param name="Problems">Problems of a draft that prevent its publication, each a sentence.</param>
public sealed record InvenioRecord(string Id, bool IsPublished, string? Page, string? Doi, IReadOnlyList<string> Problems)
{
    internal static InvenioRecord From(JsonObject record) => new(
        TextOf(record["id"]) is { Length: > 0 } id && id.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? id
            : throw new BadAnswerException("The repository sent a record without an id."),
        record["is_published"] is JsonValue published && published.TryGetValue(out bool isPublished) && isPublished,
        TextOf(record["links"]?["self_html"]),
        TextOf(record["pids"]?["doi"]?["identifier"]),
        [.. ProblemsOf(record)]);

    internal static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>Returns the problems of the fields of a draft, or of a refusal.</summary>
    internal static IEnumerable<string> ProblemsOf(JsonObject document)
    {
        foreach (JsonObject problem in (document["errors"] as JsonArray ?? []).OfType<JsonObject>())
        {
            string messages = string.Join(' ', (problem["messages"] as JsonArray ?? []).Select(TextOf));
            yield return $"{TextOf(problem["field"])}: {messages}";
        }
    }
}

/// <summary>A file of a draft.</summary>
/// <param name="IsComplete">True if its bytes are there.</param>
/// <param name="Md5">The MD5 of its bytes in hexadecimal; null if it is not known.</param>
public sealed record InvenioFile(string Key, bool IsComplete, long? Size, string? Md5)
{
    private const string Md5Prefix = "md5:";

    internal static InvenioFile From(JsonObject file) => new(
        InvenioRecord.TextOf(file["key"]) ?? throw new BadAnswerException("The repository sent a file without a key."),
        InvenioRecord.TextOf(file["status"]) == "completed",
        file["size"] is JsonValue size && size.TryGetValue(out long bytes) ? bytes : null,
        InvenioRecord.TextOf(file["checksum"]) is { } sum && sum.StartsWith(Md5Prefix, StringComparison.Ordinal)
            ? sum[Md5Prefix.Length..]
            : null);
}
