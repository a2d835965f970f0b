namespace Hutch.Model.Placement;

/// <summary>
/// Says which sites are meant, by their labels: <c>tier=archive &amp; country in (DE, SE)</c>. <c>&amp;</c> binds more tightly than
/// <c>|</c>, <c>!</c> more tightly than both. A test of a label that a site does not have is false, also with <c>!=</c>, so that nothing
/// goes to a site of which too little is known; <c>!country=US</c> is true there. Two expressions are equal when their texts are.
/// </summary>
public abstract class LabelExpression : IEquatable<LabelExpression>
{
    /// <summary>The most parentheses inside each other.</summary>
    public const int MaxDepth = 16;

    private protected LabelExpression()
    {
    }

    /// <summary>Reads an expression; the refusal says at which character it is wrong.</summary>
    public static Result<LabelExpression> Parse(string text) =>
        RuleText.Read(text, "expression", static rule => new ExpressionReader(rule).Read());

    /// <summary>The labels that it tests.</summary>
    public abstract IEnumerable<string> Labels { get; }

    /// <summary>Whether a site with these labels is meant.</summary>
    public abstract bool Matches(IReadOnlyDictionary<string, string> labels);

    /// <summary>The text, always written in the same way; <see cref="Parse"/> reads it.</summary>
    public abstract override string ToString();

    public bool Equals(LabelExpression? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as LabelExpression);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
