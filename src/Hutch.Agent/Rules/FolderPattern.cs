namespace Hutch.Agent.Rules;

/// <summary>The watched parents: an absolute path each of whose names may be a pattern.</summary>
public sealed class FolderPattern
{
    private readonly string _text;

    private FolderPattern(string text, IReadOnlyList<string> names)
    {
        _text = text;
        Names = names;
    }

    /// <summary>A pattern for no folder.</summary>
    internal static FolderPattern None { get; } = new("", []);

    /// <summary>The names from the root on; some may be patterns.</summary>
    public IReadOnlyList<string> Names { get; }

    public static Result<FolderPattern> Parse(string text)
    {
        if (!text.StartsWith('/') || text.Contains('\0'))
        {
            return ErrorCode.BadRequest.With($"{Display.Quote(text)} must be an absolute path, such as /data/sessions.");
        }

        string[] names = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(name => name is "." or ".." || name.Contains("**", StringComparison.Ordinal)) is { } wrong)
        {
            return ErrorCode.BadRequest.With(
                $"{Display.Quote(text)} has '{wrong}': write each level by its name or by a pattern for one name, such as "
                + "/data/*/sessions.");
        }

        return names.Length == 0
            ? ErrorCode.BadRequest.With("'/' cannot be watched: name a folder below it.")
            : new FolderPattern(text, names);
    }

    public bool Matches(string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return names.Length == Names.Count && !names.Where((name, i) => !Matches(i, name)).Any();
    }

    public bool Matches(int level, string name) =>
        NamePattern.IsPattern(Names[level]) ? NamePattern.Matches(Names[level], name) : Names[level] == name;

    public override string ToString() => _text;
}
