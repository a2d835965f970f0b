namespace Hutch.Commands.Output;

internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    internal bool IsEmpty => _rows.Count == 0;

    internal void Add(params string[] cells) => _rows.Add([.. cells.Select(Display.Name)]);

    internal void Write(TextWriter output)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        int[] widths = [.. headers.Select((h, i) => Math.Max(h.Length, _rows.Max(r => r[i].Length)))];
        WriteRow(output, headers, widths);
        foreach (string[] row in _rows)
        {
            WriteRow(output, row, widths);
        }
    }

    private static void WriteRow(TextWriter output, string[] cells, int[] widths) =>
        output.WriteLine(string.Join("  ", cells.Select((c, i) => c.PadRight(widths[i]))).TrimEnd());
}
