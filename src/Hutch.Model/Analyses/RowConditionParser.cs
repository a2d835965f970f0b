using System.Text.RegularExpressions;
using Hutch.Model.Parameters;

namespace Hutch.Model.Analyses;

/// <summary>
/// Reads conditions on rows: comparisons of a name with a number, a text in quotes or a boolean; <c>not</c>, <c>and</c>, <c>or</c> and
/// parentheses. For one use.
/// </summary>
internal sealed partial class RowConditionParser
{
    private const int MaxComparisons = 64;
    private const int MaxDepth = 32;

    private readonly string _text;
    private readonly IReadOnlyList<ResultColumn>? _columns;
    private readonly Match[] _tokens;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _next;
    private int _depth;
    private int _comparisons;

    public RowConditionParser(string text, IReadOnlyList<ResultColumn>? columns)
    {
        (_text, _columns) = (text, columns);
        _tokens = [.. Tokens().Matches(text).Cast<Match>()];
    }

    public IReadOnlySet<string> Names => _names;

    private string Next => _next < _tokens.Length ? _tokens[_next].Value : "";

    public Result<RowCondition.Term> Read()
    {
        Result<RowCondition.Term> all = ReadEither();
        return all.IsOk && _next < _tokens.Length ? Wrong($"{Display.Quote(Next)} is too much") : all;
    }

    private Result<RowCondition.Term> ReadEither()
    {
        Result<RowCondition.Term> left = ReadBoth();
        while (left.IsOk && Skip("or"))
        {
            Result<RowCondition.Term> right = ReadBoth();
            left = right.IsOk ? new RowCondition.Either(left.Value, right.Value) : right;
        }

        return left;
    }

    private Result<RowCondition.Term> ReadBoth()
    {
        Result<RowCondition.Term> left = ReadOne();
        while (left.IsOk && Skip("and"))
        {
            Result<RowCondition.Term> right = ReadOne();
            left = right.IsOk ? new RowCondition.Both(left.Value, right.Value) : right;
        }

        return left;
    }

    private Result<RowCondition.Term> ReadOne()
    {
        if (++_depth > MaxDepth)
        {
            return Wrong($"more than {MaxDepth} parts are inside each other");
        }

        Result<RowCondition.Term> read;
        if (Skip("not"))
        {
            read = ReadOne().Then<RowCondition.Term>(of => new RowCondition.Not(of));
        }
        else if (Skip("("))
        {
            read = ReadEither();
            read = read.IsOk && !Skip(")") ? Wrong("a closing parenthesis is missing") : read;
        }
        else
        {
            read = ReadComparison();
        }

        _depth--;
        return read;
    }

    private Result<RowCondition.Term> ReadComparison()
    {
        string name = Next;
        if (!Name().IsMatch(name))
        {
            return Wrong(name.Length == 0 ? "it ends where a comparison begins, such as n_spots_total >= 15"
                : $"{Display.Quote(name)} is no name of a column");
        }

        // Lists of results show titles: `Spots` is n_spots_total.
        ResultColumn? column = _columns?.FirstOrDefault(known => known.Name == name)
            ?? _columns?.FirstOrDefault(known => string.Equals(WordOf(known.Title), name, StringComparison.OrdinalIgnoreCase));
        name = column?.Name ?? (string.Equals(name, RowCondition.Frame, StringComparison.OrdinalIgnoreCase) ? RowCondition.Frame : name);
        if (_columns is not null && column is null && name != RowCondition.Frame)
        {
            return Wrong($"{Display.Quote(name)} is no column of this run, which has {RowCondition.Frame}, "
                + string.Join(", ", _columns.Select(known => known.Name)));
        }

        if (++_comparisons > MaxComparisons)
        {
            return Wrong($"it has more than {MaxComparisons} comparisons");
        }

        _names.Add(name);
        _next++;
        string comparison = Next == "==" ? "=" : Next;
        if (comparison is not ("=" or "!=" or "<" or "<=" or ">" or ">="))
        {
            return column?.Kind == ValueKind.Boolean
                ? new RowCondition.Comparison(name, "=", true)
                : Wrong($"an operator must follow {Display.Quote(name)}: =, !=, <, <=, > or >=");
        }

        _next++;
        return ReadValue().Then(value => Check(name, column, comparison, value));
    }

    /// <summary>Returns the title of a column as one word: <c>Spots without ice</c> is <c>spots_without_ice</c>.</summary>
    private static string WordOf(string title) => string.Concat(title.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private Result<object> ReadValue()
    {
        string text = Next;
        object? value = text switch
        {
            "true" => true,
            "false" => false,
            ['\'' or '"', .. var inner, _] => inner,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? number
                : null,
        };
        if (value is null)
        {
            return Rejected(text.Length == 0 ? "a value is missing at the end"
                : $"{Display.Quote(text)} is no number, no true or false, and no text in quotes");
        }

        _next++;
        return Result<object>.Ok(value);
    }

    private Result<RowCondition.Term> Check(string name, ResultColumn? column, string comparison, object value)
    {
        ValueKind? kind = name == RowCondition.Frame ? ValueKind.WholeNumber : column?.Kind;
        bool fits = kind switch
        {
            null => true,
            ValueKind.Text => value is string,
            ValueKind.Boolean => value is bool,
            _ => value is double,
        };
        _next--;
        return !fits ? Wrong($"'{name}' is {Describe(kind)}, and cannot be compared with {Display.Quote(Next)}")
            : value is not double && comparison is not ("=" or "!=") ? Wrong($"only = and != compare texts and booleans, as '{name}'")
            : Accept(new RowCondition.Comparison(name, comparison, value));
    }

    private RowCondition.Comparison Accept(RowCondition.Comparison comparison)
    {
        _next++;
        return comparison;
    }

    private bool Skip(string token)
    {
        bool isThere = Next == token;
        _next += isThere ? 1 : 0;
        return isThere;
    }

    private Result<RowCondition.Term> Wrong(string why) => Rejected(why);

    private HutchError Rejected(string why)
    {
        int position = 1 + (_next < _tokens.Length ? _tokens[_next].Index : _text.TrimEnd().Length);
        return ErrorCode.BadRequest.With(string.Create(
            CultureInfo.InvariantCulture, $"The condition is wrong at character {position}: {why}."));
    }

    private static string Describe(ValueKind? kind) => kind switch
    {
        ValueKind.Text => "a text",
        ValueKind.Boolean => "true or false",
        _ => "a number",
    };

    [GeneratedRegex("""'[^']*'|"[^"]*"|[<>!=]=|[<>=()]|[^\s<>!=()'"]+|\S""", RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,99}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
