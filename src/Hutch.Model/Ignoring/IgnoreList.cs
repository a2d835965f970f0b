namespace Hutch.Model.Ignoring;

/// <summary>The patterns of a <c>.hutchignore</c>, or of a list of options.</summary>
public sealed class IgnoreList
{
    public const string FileName = ".hutchignore";

    private readonly List<IgnorePattern> _patterns = [];
    private readonly List<string> _malformed = [];

    /// <summary>Lines that are no pattern, and match nothing.</summary>
    public IReadOnlyList<string> Malformed => _malformed;

    public static bool IsOne(string path) =>
        path.EndsWith(FileName, StringComparison.Ordinal) && (path.Length == FileName.Length || path[^(FileName.Length + 1)] == '/');

    public static IgnoreList Parse(IEnumerable<string> lines)
    {
        var list = new IgnoreList();
        foreach (string line in lines)
        {
            if (!IgnorePattern.TryParse(line, out IgnorePattern? pattern))
            {
                list._malformed.Add(line);
            }
            else if (pattern is not null)
            {
                list._patterns.Add(pattern);
            }
        }

        return list;
    }

    public static IgnoreList Parse(string text) =>
        Parse(text.TrimStart('\ufeff').Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line));

    /// <summary>Reads patterns of a command line. Throws when one is malformed.</summary>
    public static IgnoreList ParseOptions(IEnumerable<string> patterns)
    {
        IgnoreList list = Parse(patterns);
        return list.Malformed is not [string malformed, ..] ? list : throw ErrorCode.BadRequest.With(
            $"{Display.Quote(malformed)} is no pattern, because of a '[' or '\\' without what belongs to it; write a backslash before "
            + "a character that stands for itself.").ToException();
    }

    /// <summary>
    /// Returns true if it ignores a path, relative to the folder of the list: the last match decides; null without a match.
    /// </summary>
    public bool? Ignores(ReadOnlySpan<char> path, bool isFolder)
    {
        for (int i = _patterns.Count - 1; i >= 0; i--)
        {
            if (_patterns[i].Matches(path, isFolder))
            {
                return _patterns[i].Ignores;
            }
        }

        return null;
    }
}
