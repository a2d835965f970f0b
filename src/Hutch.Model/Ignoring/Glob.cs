namespace Hutch.Model.Ignoring;

/// <summary>
/// A pattern for one name of a path: characters, <c>?</c>, <c>*</c>, sets such as <c>[a-z]</c>. Takes at most time proportional to the
/// product of the lengths of pattern and name, whatever the pattern.
/// </summary>
internal sealed class Glob
{
    private static readonly Rune None = Rune.ReplacementChar;

    private readonly Token[] _tokens;
    private readonly string? _literal;

    private Glob(Token[] tokens, bool isAnyFolders)
    {
        _tokens = tokens;
        IsAnyFolders = isAnyFolders;
        _literal = tokens.All(t => t.Kind == TokenKind.Character) ? string.Concat(tokens.Select(t => t.Character)) : null;
    }

    private enum TokenKind
    {
        Character,
        AnyCharacter,
        AnyCharacters,
        Set,
    }

    /// <summary>True for <c>**</c>, which matches any number of folders if it is alone between slashes.</summary>
    internal bool IsAnyFolders { get; }

    internal static Glob AnyName { get; } = new([new Token(TokenKind.AnyCharacters)], isAnyFolders: false);

    /// <summary>Reads a pattern, name by name; null when it is malformed: a set without an end, or a backslash at the end.</summary>
    internal static List<Glob>? Parse(string pattern)
    {
        var names = new List<Glob>();
        var tokens = new List<Token>();
        bool manyStars = false;
        for (int at = 0; at < pattern.Length;)
        {
            switch (pattern[at])
            {
                case '/':
                    names.Add(new Glob([.. tokens], manyStars && tokens.Count == 1));
                    tokens.Clear();
                    manyStars = false;
                    at++;
                    break;
                case '*':
                    int stars = pattern.AsSpan(at).IndexOfAnyExcept('*') is >= 0 and var end ? end : pattern.Length - at;
                    tokens.Add(new Token(TokenKind.AnyCharacters));
                    manyStars |= stars > 1;
                    at += stars;
                    break;
                case '?':
                    tokens.Add(new Token(TokenKind.AnyCharacter));
                    at++;
                    break;
                case '[':
                    if (GlobSet.Parse(pattern, ref at) is not { } set)
                    {
                        return null;
                    }

                    tokens.Add(new Token(TokenKind.Set, Set: set));
                    break;
                case '\\' when at + 1 == pattern.Length:
                    return null;
                case '\\' when pattern[at + 1] == '/':
                    at++;
                    break;
                default:
                    at += pattern[at] == '\\' ? 1 : 0;
                    tokens.Add(new Token(TokenKind.Character, Next(pattern, at, out int length)));
                    at += length;
                    break;
            }
        }

        names.Add(new Glob([.. tokens], manyStars && tokens.Count == 1));
        return names;
    }

    internal bool Matches(ReadOnlySpan<char> name)
    {
        if (_literal is not null)
        {
            return name.SequenceEqual(_literal);
        }

        // A star takes nothing at first, and one character more each time that what follows it does not fit.
        int token = 0, at = 0, afterStar = -1, taken = 0;
        while (at < name.Length)
        {
            int length = 0;
            Rune next = token < _tokens.Length ? Next(name, at, out length) : None;
            if (token < _tokens.Length && _tokens[token].Kind == TokenKind.AnyCharacters)
            {
                afterStar = ++token;
                taken = at;
            }
            else if (token < _tokens.Length && _tokens[token].Takes(next))
            {
                token++;
                at += length;
            }
            else if (afterStar >= 0)
            {
                Next(name, taken, out length);
                token = afterStar;
                at = taken += length;
            }
            else
            {
                return false;
            }
        }

        return _tokens.AsSpan(token).IndexOfAnyExcept(new Token(TokenKind.AnyCharacters)) < 0;
    }

    internal static Rune Next(ReadOnlySpan<char> text, int at, out int length)
    {
        _ = Rune.DecodeFromUtf16(text[at..], out Rune rune, out length);
        return rune;
    }

    private readonly record struct Token(TokenKind Kind, Rune Character = default, GlobSet? Set = null)
    {
        internal bool Takes(Rune rune) => Kind switch
        {
            TokenKind.Character => rune == Character,
            TokenKind.Set => Set!.Contains(rune),
            _ => true,
        };
    }
}
