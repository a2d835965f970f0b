using Hutch.Model.Sites;

namespace Hutch.Model.Placement;

/// <summary>
/// Parses an expression: alternatives joined by <c>|</c>, of parts joined by <c>&amp;</c>, of tests, groups and negations.
/// </summary>
internal sealed class ExpressionReader(RuleText text)
{
    private static readonly string[] Comparisons = ["!=", "=", "<", ">"];

    private int _depth;

    /// <summary>Parses the longest expression at the current position.</summary>
    public Result<LabelExpression> Read() =>
        ReadJoined(JoinedExpression.Or, () => ReadJoined(JoinedExpression.And, ReadPart));

    private Result<LabelExpression> ReadJoined(char joiner, Func<Result<LabelExpression>> readPart)
    {
        List<LabelExpression> parts = [];
        string sign = joiner.ToString();
        do
        {
            if (!readPart().TryGet(out LabelExpression? part, out HutchError? error))
            {
                return error;
            }

            parts.Add(part);
        }
        while (text.Take(sign));

        return JoinedExpression.Create(joiner, parts);
    }

    private Result<LabelExpression> ReadPart()
    {
        bool isOpposite = false;
        while (text.Take("!"))
        {
            isOpposite = !isOpposite;
        }

        int start = text.Position;
        Result<LabelExpression> part = text.Take("(") ? ReadGroup(start) : ReadTest();
        return isOpposite ? part.Then<LabelExpression>(static inner => NotExpression.Create(inner)) : part;
    }

    private Result<LabelExpression> ReadGroup(int start)
    {
        if (++_depth > LabelExpression.MaxDepth)
        {
            return text.RefuseAt(start, $"at most {LabelExpression.MaxDepth} parentheses can be inside each other");
        }

        Result<LabelExpression> group = Read();
        _depth--;
        return group.IsOk && !text.Take(")")
            ? text.Reject($"expected '&', '|' or the ')' for the '(' at character {start}")
            : group;
    }

    private Result<LabelExpression> ReadTest()
    {
        int start = text.Position;
        string label = text.TakeWord();
        if (label.Length == 0)
        {
            return text.Reject("expected a label, '!' or '('");
        }

        if (!SiteLabels.IsName(label))
        {
            return text.RefuseAt(
                start, $"{Display.Quote(label)} is not a name of a label, which has lower-case letters, digits and dashes");
        }

        if (Array.Find(Comparisons, text.Take) is { } comparison)
        {
            return ReadValue(isNumber: comparison is "<" or ">")
                .Then<LabelExpression>(value => LabelTest.Compare(label, comparison, value));
        }

        return text.TakeWord("in") ? ReadValues().Then<LabelExpression>(values => LabelTest.OneOf(label, values))
            : text.Reject($"expected =, !=, <, > or in after the label {label}");
    }

    private Result<List<string>> ReadValues()
    {
        if (!text.Take("("))
        {
            return text.Reject("expected '(' and the values after in, as in: country in (DE, SE)");
        }

        List<string> values = [];
        do
        {
            if (!ReadValue(isNumber: false).TryGet(out string? value, out HutchError? error))
            {
                return error;
            }

            values.Add(value);
        }
        while (text.Take(","));

        return text.Take(")") ? values : text.Reject("expected ',' or ')'");
    }

    private Result<string> ReadValue(bool isNumber)
    {
        int start = text.Position;
        string value = text.TakeWord();

        // Types of datasets have a slash.
        return !SiteLabels.IsValue(value.Replace('/', '-'))
                ? text.RefuseAt(start, "expected a value of 1 to 64 letters, digits, '.', '_', '-' and '/'")
            : isNumber && !LabelTest.TryReadNumber(value, out _) ? text.RefuseAt(start, "< and > compare numbers only")
            : value;
    }
}
