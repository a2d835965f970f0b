namespace Hutch.Architecture.Tests.Reading;

/// <summary>
/// Tells the code of a C# file from its comments and the contents of its strings: verbatim, raw and interpolated ones too, where what
/// stands in the holes is code again. It knows no grammar; that is enough to search code without finding words in prose.
/// </summary>
internal sealed class CSharpText
{
    private readonly string _text;
    private readonly char[] _code;
    private readonly char[] _strings;
    private int _at;

    private CSharpText(string text)
    {
        _text = text;
        _code = Blank(text);
        _strings = Blank(text);
    }

    /// <summary>Two texts as long as the given one, with the same lines: the code, and what stands in strings.</summary>
    public static (string Code, string Strings) Split(string text)
    {
        CSharpText reader = new(text);
        reader.ReadCode(closingBraces: 0);
        return (new string(reader._code), new string(reader._strings));
    }

    private static char[] Blank(string text) => [.. text.Select(c => c == '\n' ? '\n' : ' ')];

    /// <summary>Reads code to the end of the text, or to the braces that close a hole (they are left to the caller).</summary>
    private void ReadCode(int closingBraces)
    {
        int depth = 0;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (closingBraces > 0 && c == '}' && depth == 0)
            {
                return;
            }

            depth += c switch { '{' => 1, '}' => -1, _ => 0 };
            if (!TryReadComment() && !TryReadString() && !TryReadCharacter())
            {
                Keep(_code);
            }
        }
    }

    private bool TryReadComment()
    {
        if (Starts("//"))
        {
            int end = _text.IndexOf('\n', _at);
            _at = end < 0 ? _text.Length : end;
            return true;
        }

        if (Starts("/*"))
        {
            int end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
            _at = end < 0 ? _text.Length : end + 2;
            return true;
        }

        return false;
    }

    private bool TryReadCharacter()
    {
        if (_text[_at] != '\'')
        {
            return false;
        }

        _at++;
        while (_at < _text.Length && _text[_at] is not ('\'' or '\n'))
        {
            _at += _text[_at] == '\\' ? 2 : 1;
        }

        _at++;
        return true;
    }

    private bool TryReadString()
    {
        int start = _at;
        int dollars = 0;
        bool verbatim = false;
        while (start < _text.Length && _text[start] is '$' or '@')
        {
            dollars += _text[start] == '$' ? 1 : 0;
            verbatim |= _text[start] == '@';
            start++;
        }

        int quotes = Run(start, '"');
        if (quotes == 0)
        {
            return false;
        }

        _at = start;
        if (quotes >= 3 && !verbatim)
        {
            _at += quotes;
            ReadRaw(quotes, dollars);
        }
        else
        {
            _at++;
            ReadQuoted(verbatim, holes: dollars > 0);
        }

        return true;
    }

    private void ReadQuoted(bool verbatim, bool holes)
    {
        while (_at < _text.Length)
        {
            char c = _text[_at];
            bool doubled = _at + 1 < _text.Length && _text[_at + 1] == c;
            if (c == '"' && !(verbatim && doubled))
            {
                _at++;
                return;
            }

            if (c == '{' && holes && !doubled)
            {
                ReadHole(braces: 1);
            }
            else if ((c == '\\' && !verbatim) || (doubled && c is '"' or '{' or '}'))
            {
                Keep(_strings);
                Keep(_strings);
            }
            else
            {
                Keep(_strings);
            }
        }
    }

    private void ReadRaw(int quotes, int dollars)
    {
        while (_at < _text.Length)
        {
            int run = Run(_at, '"');
            if (run >= quotes)
            {
                _at += run;
                return;
            }

            int braces = Run(_at, '{');
            if (dollars > 0 && braces >= dollars)
            {
                _at += braces - dollars;
                ReadHole(dollars);
            }
            else
            {
                Keep(_strings);
            }
        }
    }

    private void ReadHole(int braces)
    {
        _at += braces;
        ReadCode(braces);
        _at = Math.Min(_at + braces, _text.Length);
    }

    private bool Starts(string word) => string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;

    private int Run(int start, char c)
    {
        int end = start;
        while (end < _text.Length && _text[end] == c)
        {
            end++;
        }

        return end - start;
    }

    private void Keep(char[] into)
    {
        if (_at < _text.Length)
        {
            into[_at] = _text[_at];
        }

        _at++;
    }
}
