namespace Hutch.Model.Placement;

/// <summary>
/// Selects sites by their labels: <c>tier=archive &amp; country in (DE, SE)</c>. <c>&amp;</c> binds more tightly than <c>|</c>, <c>!</c>
/// more tightly than both. A test of a missing label is false, also with <c>!=</c>, so that no data goes to sites with too few labels;
/// <c>!country=US</c> is true there. Expressions are equal if their texts are equal.
/// </summary>
public abstract class LabelExpression : IEquatable<LabelExpression>
{
    public const int MaxDepth = 16;

    private protected LabelExpression()
    {
    }

    /// <summary>Parses an expression; the error names the position of the wrong character.</summary>
    public static Result<LabelExpression> Parse(string text) =>
        RuleText.Read(text, "expression", static rule => new ExpressionReader(rule).Read());

    public abstract IEnumerable<string> Labels { get; }

    public abstract bool Matches(IReadOnlyDictionary<string, string> labels);

    /// <summary>The canonical text, which <see cref="Parse"/> reads.</summary>
    public abstract override string ToString();

    public bool Equals(LabelExpression? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as LabelExpression);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
