using System.Text.Json;

namespace Hutch.DataLad.Objects;

/// <summary>
/// The record that <c>datalad run</c> puts into a commit message: JSON between two marks, or the name of a file with it. Its keys are those
/// of DataLad 0.10 and later; others are ignored.
/// </summary>
/// <param name="Message">The first line of the message.</param>
/// <param name="Command">The command; null if the record is in a file.</param>
internal sealed record RunRecord(string Message, string? Command, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    /// <summary>A message that is longer has no record.</summary>
    private const int MaxMessageLength = 64 << 10;

    /// <summary>The most characters of a text that are kept.</summary>
    private const int MaxTextLength = 2000;

    /// <summary>The most inputs, and the most outputs, that are kept.</summary>
    private const int MaxPaths = 100;

    private const string Title = "[DATALAD RUNCMD]";
    private const string Begin = "=== Do not change lines below ===\n";
    private const string End = "\n^^^ Do not change lines above ^^^";

    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 8 };

    /// <summary>Reads the record of a message; null for none, and for text that is no record.</summary>
    public static RunRecord? TryRead(string message)
    {
        int begin = message.Length <= MaxMessageLength && message.StartsWith(Title, StringComparison.Ordinal)
            ? message.IndexOf(Begin, StringComparison.Ordinal)
            : -1;
        int end = begin < 0 ? -1 : message.IndexOf(End, begin, StringComparison.Ordinal);
        if (end < begin + Begin.Length)
        {
            return null;
        }

        try
        {
            using JsonDocument record = JsonDocument.Parse(message.AsMemory(begin + Begin.Length, end - begin - Begin.Length), Limits);
            string title = message[Title.Length..message.IndexOf('\n', StringComparison.Ordinal)].Trim();
            return record.RootElement switch
            {
                { ValueKind: JsonValueKind.String } => new RunRecord(Short(title), null, [], []),
                { ValueKind: JsonValueKind.Object } json when CommandOf(json) is { } command =>
                    new RunRecord(Short(title), Short(command), Paths(json, "inputs"), Paths(json, "outputs")),
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // not JSON, or text that is no Unicode
        }
    }

    /// <summary>The command of a record: a line, or its words.</summary>
    private static string? CommandOf(JsonElement record) => record.TryGetProperty("cmd", out JsonElement command)
        ? command.ValueKind switch
        {
            JsonValueKind.String => command.GetString(),
            JsonValueKind.Array => string.Join(' ', Texts(command)),
            _ => null,
        }
        : null;

    private static string[] Paths(JsonElement record, string name) =>
        record.TryGetProperty(name, out JsonElement paths) && paths.ValueKind == JsonValueKind.Array
            ? [.. Texts(paths).Take(MaxPaths).Select(Short)]
            : [];

    private static IEnumerable<string> Texts(JsonElement array) =>
        array.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.GetString()!);

    private static string Short(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…";
}
