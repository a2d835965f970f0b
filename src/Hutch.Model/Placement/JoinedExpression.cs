namespace Hutch.Model.Placement;

/// <summary>Expressions joined by <c>&amp;</c>, which is true if all are true, or by <c>|</c>, which is true if one is true.</summary>
internal sealed class JoinedExpression : LabelExpression
{
    public const char And = '&';

    public const char Or = '|';

    private readonly char _operator;
    private readonly LabelExpression[] _parts;

    private JoinedExpression(char joiner, LabelExpression[] parts) => (_operator, _parts) = (joiner, parts);

    /// <summary>Joins expressions. A single one stays as it is, and redundant parentheses are removed.</summary>
    public static LabelExpression Create(char joiner, IReadOnlyList<LabelExpression> parts) => parts is [var only]
        ? only
        : new JoinedExpression(
            joiner,
            [.. parts.SelectMany(part => part is JoinedExpression inner && inner._operator == joiner ? inner._parts : [part])]);

    public override IEnumerable<string> Labels => _parts.SelectMany(static part => part.Labels);

    public override bool Matches(IReadOnlyDictionary<string, string> labels) => _operator == And
        ? Array.TrueForAll(_parts, part => part.Matches(labels))
        : Array.Exists(_parts, part => part.Matches(labels));

    public override string ToString() => string.Join($" {_operator} ", _parts.Select(Text));

    private string Text(LabelExpression part) => _operator == And && part is JoinedExpression ? $"({part})" : part.ToString();
}
