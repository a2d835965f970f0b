using Hutch.Model.Sites;

namespace Hutch.Model.Placement;

internal sealed class RuleText
{
    public const int MaxCharacters = 1000;

    private const int ShownCharacters = 20;

    private static readonly ErrorCode BadRule = ErrorCode.BadRequest with
    {
        Advice = "Write a rule such as '2 copies where tier=archive & country in (DE, SE)', with = != < > in & | ! and parentheses.",
    };

    private readonly string _text;
    private readonly string _what;
    private int _next;

    private RuleText(string text, string what) => (_text, _what) = (text, what);

    /// <summary>Parses a complete text. Its canonical form must not be too long, either.</summary>
    public static Result<T> Read<T>(string text, string what, Func<RuleText, Result<T>> read)
        where T : notnull
    {
        if (text.Length > MaxCharacters)
        {
            return TooLong(what, text.Length);
        }

        var rule = new RuleText(text, what);
        return read(rule).Then<T>(value =>
            !rule.IsAtEnd ? rule.Reject("expected '&', '|' or the end" + rule.HintForWord())
            : value.ToString()!.Length is > MaxCharacters and var length ? TooLong(what, length)
            : value);
    }

    /// <summary>The position of the next word or sign, from 1.</summary>
    public int Position
    {
        get
        {
            SkipSpaces();
            return _next + 1;
        }
    }

    private bool IsAtEnd => Position > _text.Length;

    public bool Take(string sign)
    {
        bool isNext = _text.AsSpan(Position - 1).StartsWith(sign, StringComparison.Ordinal);
        _next += isNext ? sign.Length : 0;
        return isNext;
    }

    /// <summary>Reads the next word, which consists of letters, digits, '.', '_', '-' and '/'; empty if there is none.</summary>
    public string TakeWord()
    {
        string word = PeekWord();
        _next += word.Length;
        return word;
    }

    public bool TakeWord(string word)
    {
        bool isNext = PeekWord() == word;
        _next += isNext ? word.Length : 0;
        return isNext;
    }

    /// <summary>The next word; empty if there is none.</summary>
    public string PeekWord()
    {
        int start = Position - 1;
        int end = start;
        while (end < _text.Length && (SiteLabels.IsCharacter(_text[end]) || _text[end] == '/'))
        {
            end++;
        }

        return _text[start..end];
    }

    public HutchError Reject(string problem) => RefuseAt(Position, problem);

    public HutchError RefuseAt(int position, string problem)
    {
        string rest = _text[(position - 1)..];
        string location = rest.Length == 0 ? "at its end"
            : rest.Length > ShownCharacters ? $"at character {position}, {Display.Quote(rest[..ShownCharacters] + "…")}"
            : $"at character {position}, {Display.Quote(rest)}";
        return BadRule.With(
            $"The {_what} cannot be read {location}: {problem}.", "position", position.ToString(CultureInfo.InvariantCulture));
    }

    private static HutchError TooLong(string what, int length) =>
        BadRule.With($"The {what} has {length} characters; at most {MaxCharacters} are allowed.");

    /// <summary>A hint for users who write words instead of signs.</summary>
    private string HintForWord() => PeekWord().ToUpperInvariant() switch
    {
        "AND" => "; 'and' is written '&'",
        "OR" => "; 'or' is written '|'",
        _ => "",
    };

    private void SkipSpaces()
    {
        while (_next < _text.Length && char.IsWhiteSpace(_text[_next]))
        {
            _next++;
        }
    }
}
