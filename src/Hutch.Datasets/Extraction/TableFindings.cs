using System.Text.Json.Nodes;

namespace Hutch.Datasets.Extraction;

/// <summary>Findings from the first line of a table: the names of its columns, where they are plain.</summary>
internal static class TableFindings
{
    /// <summary>A first line is expected to end within so many bytes.</summary>
    public const int StartBytes = 64 * 1024;

    public static FileFindings Find(string file, string start)
    {
        int end = start.IndexOf('\n', StringComparison.Ordinal);
        string line = end < 0 ? "" : start[..end].TrimEnd();
        char separator = file.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? '\t' : ',';
        string[] names = line.Split(separator, StringSplitOptions.TrimEntries);
        bool isPlain = line.Length > 0 && !line.Contains('"', StringComparison.Ordinal) && Array.TrueForAll(names, IsName);
        return FileFindings.From(
            file, "table", ("columns", isPlain ? new JsonArray([.. names.Select(static name => (JsonNode)name)]) : null));
    }

    private static bool IsName(string text) => text.Length > 0 && !char.IsAsciiDigit(text[0]) && text[0] is not ('.' or '+' or '-');
}
