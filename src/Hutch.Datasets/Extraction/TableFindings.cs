using System.Text.Json.Nodes;

namespace Hutch.Datasets.Extraction;

/// <summary>
/// Findings from the first lines of a table: the names of its columns, where they are plain and as many as the values below.
/// </summary>
internal static class TableFindings
{
    /// <summary>A first line is expected to end within so many bytes.</summary>
    public const int StartBytes = 64 * 1024;

    public static FileFindings Find(string file, string start)
    {
        char separator = file.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',';
        (string line, string next) = FirstLines(start);
        string[] names = line.Split(separator, StringSplitOptions.TrimEntries);
        bool isPlain = line.Length > 0 && !line.Contains('"', StringComparison.Ordinal) && Array.TrueForAll(names, IsName)
            && (next.Length == 0 || next.Contains('"', StringComparison.Ordinal) || next.Split(separator).Length == names.Length);
        return FileFindings.From(
            file, "table", ("columns", isPlain ? new JsonArray([.. names.Select(static name => (JsonNode)name)]) : null));
    }

    /// <summary>The first two lines that are no comments, if the first has an end.</summary>
    private static (string First, string Next) FirstLines(string start)
    {
        string[] lines = start.Split(start.Contains('\n', StringComparison.Ordinal) ? '\n' : '\r', StringSplitOptions.TrimEntries);
        string[] whole =
        [
            .. lines[..^1].Where(static line => line.Length > 0 && line[0] is not ('#' or '%')
                && !line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)),
        ];
        return (whole.FirstOrDefault(""), whole.ElementAtOrDefault(1) ?? "");
    }

    private static bool IsName(string text) => text.Length > 0 && !char.IsAsciiDigit(text[0]) && text[0] is not ('.' or '+' or '-');
}
