namespace Hutch.Detectors.Cbf;

/// <summary>The text of a CBF file before its pixels.</summary>
/// <param name="Comments">The lines that describe the detector, without the leading number signs.</param>
internal sealed record CbfText(string All, IReadOnlyList<string> Comments)
{
    public static CbfText Read(ReadOnlySpan<byte> bytes)
    {
        string text = ForeignText.Decode(bytes);
        return new CbfText(text, CommentsIn(text));
    }

    private static List<string> CommentsIn(string text)
    {
        // Other comments look the same; the detector's are in one text field, from a semicolon at the start of a line to the next such.
        const string Field = "_array_data.header_contents";
        const string Delimiter = "\n;";
        int field = text.IndexOf(Field, StringComparison.Ordinal);
        int begin = field < 0 ? -1 : text.IndexOf(Delimiter, field, StringComparison.Ordinal);
        if (begin < 0)
        {
            return [];
        }

        begin += Delimiter.Length;
        int end = text.IndexOf(Delimiter, begin, StringComparison.Ordinal);
        return
        [
            .. text[begin..(end < 0 ? text.Length : end)].Split('\n')
                .Select(static line => line.Trim().TrimStart('#').Trim())
                .Where(static line => line.Length > 0),
        ];
    }
}
