namespace Hutch.Model.Ignoring;

/// <summary>One line of a <c>.hutchignore</c>, as in gitignore(5); <c>?</c> and sets match one character, not one byte.</summary>
internal sealed class IgnorePattern
{
    private readonly List<Glob> _names;
    private readonly bool _isOfName;
    private readonly bool _isOfFolders;

    private IgnorePattern(List<Glob> names, bool isOfName, bool isOfFolders, bool ignores)
    {
        _names = names;
        _isOfName = isOfName;
        _isOfFolders = isOfFolders;
        Ignores = ignores;
    }

    /// <summary>True if it ignores matches; false if it reverts an earlier line (<c>!</c>).</summary>
    internal bool Ignores { get; }

    /// <summary>Reads a line. False when it is malformed; null when it says nothing, such as a comment.</summary>
    internal static bool TryParse(string line, out IgnorePattern? pattern)
    {
        pattern = null;
        string text = line.StartsWith('#') ? "" : WithoutSpacesAtEnd(line);
        bool ignores = !text.StartsWith('!');
        text = ignores ? text : text[1..];
        bool isOfFolders = text.EndsWith('/');
        text = isOfFolders ? text[..^1] : text;
        bool isOfName = !text.Contains('/', StringComparison.Ordinal);
        text = text.StartsWith('/') ? text[1..] : text;
        if (text.Length == 0)
        {
            return true;
        }

        if (Glob.Parse(Nfc.Normalize(text)) is not { } names)
        {
            return false;
        }

        if (!isOfName && names[^1].IsAnyFolders)
        {
            names.Insert(names.Count - 1, Glob.AnyName); // "a/**" is what is in a, and not a itself
        }

        pattern = new IgnorePattern(names, isOfName, isOfFolders, ignores);
        return true;
    }

    /// <summary>Returns true if it matches a path, relative to the folder of the pattern's file.</summary>
    internal bool Matches(ReadOnlySpan<char> path, bool isFolder)
    {
        if (_isOfFolders && !isFolder)
        {
            return false;
        }

        return _isOfName ? _names[0].Matches(path[(path.LastIndexOf('/') + 1)..]) : MatchesPath(path);
    }

    // As in a name, one level up: "**" takes no folder at first, and one more each time that what follows it does not fit.
    private bool MatchesPath(ReadOnlySpan<char> path)
    {
        int name = 0, at = 0, afterFolders = -1, taken = 0;
        while (at <= path.Length)
        {
            if (name < _names.Count && _names[name].IsAnyFolders)
            {
                afterFolders = ++name;
                taken = at;
            }
            else if (name < _names.Count && _names[name].Matches(path[at..EndOfName(path, at)]))
            {
                name++;
                at = EndOfName(path, at) + 1;
            }
            else if (afterFolders >= 0)
            {
                name = afterFolders;
                at = taken = EndOfName(path, taken) + 1;
            }
            else
            {
                return false;
            }
        }

        return _names.Skip(name).All(n => n.IsAnyFolders);
    }

    private static int EndOfName(ReadOnlySpan<char> path, int at) =>
        path[at..].IndexOf('/') is >= 0 and var length ? at + length : path.Length;

    private static string WithoutSpacesAtEnd(string line)
    {
        int end = line.Length;
        while (end > 0 && line[end - 1] == ' ' && !IsEscaped(line, end - 1))
        {
            end--;
        }

        return line[..end];
    }

    private static bool IsEscaped(string text, int at)
    {
        int backslashes = 0;
        while (at > backslashes && text[at - backslashes - 1] == '\\')
        {
            backslashes++;
        }

        return backslashes % 2 == 1;
    }
}
