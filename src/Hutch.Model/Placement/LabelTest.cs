namespace Hutch.Model.Placement;

/// <summary>A comparison of a label with one or more values: <c>tier=archive</c>, <c>country in (DE, SE)</c>, <c>rank&lt;3</c>.</summary>
internal sealed class LabelTest : LabelExpression
{
    private readonly string _label;
    private readonly string _operator;
    private readonly string[] _values;

    private LabelTest(string label, string comparison, string[] values) => (_label, _operator, _values) = (label, comparison, values);

    /// <summary>Compares a label and a value with one of <c>= != &lt; &gt;</c>.</summary>
    public static LabelTest Compare(string label, string comparison, string value) => new(label, comparison, [value]);

    public static LabelTest OneOf(string label, IEnumerable<string> values)
    {
        string[] sorted = [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new LabelTest(label, sorted.Length == 1 ? "=" : "in", sorted);
    }

    /// <summary>Parses a number for comparison by <c>&lt;</c> and <c>&gt;</c>, such as <c>-2.5</c>.</summary>
    public static bool TryReadNumber(string text, out decimal number) => decimal.TryParse(
        text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    public override IEnumerable<string> Labels => [_label];

    public override bool Matches(IReadOnlyDictionary<string, string> labels) => labels.TryGetValue(_label, out string? value)
        && _operator switch
        {
            "!=" => value != _values[0],
            "<" => CompareNumber(value) < 0,
            ">" => CompareNumber(value) > 0,
            _ => _values.Contains(value, StringComparer.Ordinal),
        };

    public override string ToString() =>
        _operator == "in" ? $"{_label} in ({string.Join(", ", _values)})" : _label + _operator + _values[0];

    /// <summary>Compares a label's value with the number of this test; 0 if it is not a number.</summary>
    private int CompareNumber(string value) =>
        TryReadNumber(value, out decimal left) && TryReadNumber(_values[0], out decimal right) ? left.CompareTo(right) : 0;
}
