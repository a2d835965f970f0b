namespace Hutch.Model.Placement;

/// <summary>The opposite of an expression.</summary>
internal sealed class NotExpression : LabelExpression
{
    private readonly LabelExpression _inner;

    private NotExpression(LabelExpression inner) => _inner = inner;

    /// <summary>The opposite; of an opposite, what that was made of.</summary>
    public static LabelExpression Of(LabelExpression inner) => inner is NotExpression not ? not._inner : new NotExpression(inner);

    public override IEnumerable<string> Labels => _inner.Labels;

    public override bool Matches(IReadOnlyDictionary<string, string> labels) => !_inner.Matches(labels);

    public override string ToString() => _inner is JoinedExpression ? $"!({_inner})" : $"!{_inner}";
}
