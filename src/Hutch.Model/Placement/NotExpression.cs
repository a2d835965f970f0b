namespace Hutch.Model.Placement;

internal sealed class NotExpression : LabelExpression
{
    private readonly LabelExpression _inner;

    private NotExpression(LabelExpression inner) => _inner = inner;

    public static LabelExpression Create(LabelExpression inner) => inner is NotExpression not ? not._inner : new NotExpression(inner);

    public override IEnumerable<string> Labels => _inner.Labels;

    public override bool Matches(IReadOnlyDictionary<string, string> labels) => !_inner.Matches(labels);

    public override string ToString() => _inner is JoinedExpression ? $"!({_inner})" : $"!{_inner}";
}
