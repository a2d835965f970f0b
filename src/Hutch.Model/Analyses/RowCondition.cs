namespace Hutch.Model.Analyses;

/// <summary>
/// A condition on result rows, such as <c>n_spots_total >= 15 and d_min &lt; 2.5</c>. A comparison with an unknown value is neither true
/// nor false, and neither is what depends on it: only rows for which the whole is true match.
/// </summary>
/// <remarks>Immutable.</remarks>
public sealed class RowCondition
{
    public const int MaxCharacters = 1000;

    /// <summary>The name under which a condition uses the number of a frame.</summary>
    public const string Frame = "frame";

    private const string FrameColumn = "file-number";
    private const string ErrorColumn = "error";

    private readonly Term _term;
    private readonly IReadOnlyDictionary<string, double> _unknown;

    private RowCondition(Term term, IReadOnlyDictionary<string, double> unknown, IReadOnlySet<string> names) =>
        (_term, _unknown, Names) = (term, unknown, names);

    /// <summary>The names of the values that it compares.</summary>
    public IReadOnlySet<string> Names { get; }

    /// <summary>Reads a condition; the error says where it is wrong.</summary>
    /// <param name="columns">The columns of the rows; null if they are not known.</param>
    public static Result<RowCondition> Parse(string text, IReadOnlyList<ResultColumn>? columns)
    {
        if (text.Length > MaxCharacters)
        {
            return ErrorCode.BadRequest.With($"The condition has {text.Length} characters; at most {MaxCharacters} are allowed.");
        }

        var parser = new RowConditionParser(text, columns);
        return parser.Read().Then<RowCondition>(term => new RowCondition(
            term,
            (columns ?? []).Where(column => column.Unknown is not null).ToDictionary(
                column => column.Name, column => column.Unknown!.Value, StringComparer.Ordinal),
            parser.Names));
    }

    /// <summary>Returns true if a row matches. The row of a frame with an error never does.</summary>
    public bool Matches(JsonElement row) => row.ValueKind == JsonValueKind.Object
        && !row.TryGetProperty(ErrorColumn, out _) && _term.Evaluate(name => Find(row, name)) == true;

    private JsonElement? Find(JsonElement row, string name) =>
        row.TryGetProperty(name == Frame ? FrameColumn : name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            && !(_unknown.TryGetValue(name, out double unknown) && value.ValueKind == JsonValueKind.Number && value.GetDouble() == unknown)
                ? value
                : null;

    /// <summary>A part of a condition; null is its value if that is unknown.</summary>
    internal abstract record Term
    {
        public abstract bool? Evaluate(Func<string, JsonElement?> find);
    }

    internal sealed record Not(Term Of) : Term
    {
        public override bool? Evaluate(Func<string, JsonElement?> find) => !Of.Evaluate(find);
    }

    internal sealed record Both(Term First, Term Second) : Term
    {
        public override bool? Evaluate(Func<string, JsonElement?> find) => First.Evaluate(find) & Second.Evaluate(find);
    }

    internal sealed record Either(Term First, Term Second) : Term
    {
        public override bool? Evaluate(Func<string, JsonElement?> find) => First.Evaluate(find) | Second.Evaluate(find);
    }

    /// <param name="Value">A number, a text or a boolean.</param>
    internal sealed record Comparison(string Name, string Operator, object Value) : Term
    {
        public override bool? Evaluate(Func<string, JsonElement?> find) => (find(Name), Value) switch
        {
            ({ ValueKind: JsonValueKind.Number } left, double right) => Compare(left.GetDouble(), right),
            ({ ValueKind: JsonValueKind.String } left, string right) => AreEqual(left.GetString() == right),
            ({ ValueKind: JsonValueKind.True or JsonValueKind.False } left, bool right) => AreEqual(left.GetBoolean() == right),
            _ => null,
        };

        private bool AreEqual(bool areEqual) => areEqual == (Operator == "=");

        private bool Compare(double left, double right) => Operator switch
        {
            "=" => left == right,
            "!=" => left != right,
            "<" => left < right,
            "<=" => left <= right,
            ">" => left > right,
            _ => left >= right,
        };
    }
}
