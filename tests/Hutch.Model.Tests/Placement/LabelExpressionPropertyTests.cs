using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Model.Placement;

namespace Hutch.Model.Tests.Placement;

/// <summary>Random expressions mean the same as a naive evaluation of what they were written from.</summary>
public sealed class LabelExpressionPropertyTests
{
    private static readonly string[] Labels = ["a", "b-1", "in", "tier"];
    private static readonly string[] Values = ["x", "Y", "1", "2", "10", "-2.5", "2.0", "a_b.c-"];
    private static readonly string[] Numbers = ["1", "2", "10", "-2.5", "2.0"];

    private static readonly Gen<(Node Node, int Seed)> Written =
        from node in AnyNode(3)
        from seed in Gen.Choose(0, int.MaxValue)
        select (node, seed);

    private static readonly Gen<Dictionary<string, string>> Site =
        from values in Gen.Elements(Values.Append("")).ArrayOf(Labels.Length)
        select Labels.Zip(values).Where(pair => pair.Second.Length > 0).ToDictionary(pair => pair.First, pair => pair.Second);

    [Fact]
    public void An_expression_says_of_each_site_what_a_naive_evaluation_says() => Check((expression, node, site) =>
        Assert.Equal(node.Holds(site), expression.Matches(site)));

    [Fact]
    public void The_canonical_text_reads_as_the_same_expression() => Check((expression, _, site) =>
    {
        LabelExpression again = LabelExpression.Parse(expression.ToString()).Value;

        Assert.Equal(expression.ToString(), again.ToString());
        Assert.Equal(expression.Matches(site), again.Matches(site));
    });

    [Fact]
    public void However_it_is_spaced_and_parenthesised_the_canonical_text_is_the_same() => Check((expression, node, _) =>
        Assert.Equal(expression, LabelExpression.Parse(node.Write(new Random(7))).Value));

    [Fact]
    public void A_spoiled_text_is_read_or_refused_with_a_place_in_it()
    {
        Gen<string> spoiled =
            from one in Written
            let text = one.Node.Write(new Random(one.Seed))
            from at in Gen.Choose(0, text.Length)
            from rubbish in Gen.Elements("", "&", "|", "!", "(", ")", "=", "<", ",", "in", " ", "é", "\0", "\ud800", "🦔")
            from cut in Gen.Choose(0, 3)
            select text[..at] + rubbish + text[Math.Min(text.Length, at + cut)..];
        Prop.ForAll(spoiled.ToArbitrary(), text =>
        {
            Result<LabelExpression> read = LabelExpression.Parse(text);
            if (!read.IsOk && read.Error.Details is { } details)
            {
                Assert.InRange(int.Parse(details["position"], CultureInfo.InvariantCulture), 1, text.Length + 1);
            }

            Assert.True(read.IsOk || read.Error.Details is not null || read.Error.Message.Contains("characters", StringComparison.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static void Check(Action<LabelExpression, Node, Dictionary<string, string>> check)
    {
        Gen<((Node Node, int Seed) One, Dictionary<string, string> Site)> cases =
            from one in Written
            where one.Node.Write(new Random(one.Seed)).Length <= 250
            from site in Site
            select (one, site);
        Prop.ForAll(
            cases.ToArbitrary(),
            c => check(LabelExpression.Parse(c.One.Node.Write(new Random(c.One.Seed))).Value, c.One.Node, c.Site))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static Gen<Node> AnyNode(int depth)
    {
        Gen<Node> test =
            from label in Gen.Elements(Labels)
            from comparison in Gen.Elements("=", "!=", "in", "<", ">")
            from values in Gen.Elements(comparison is "<" or ">" ? Numbers : Values).ArrayOf(comparison == "in" ? 3 : 1)
            select (Node)new Test(label, comparison, values);
        if (depth == 0)
        {
            return test;
        }

        Gen<Node> joined =
            from isAnd in Gen.Elements(true, false)
            from count in Gen.Choose(2, 3)
            from parts in AnyNode(depth - 1).ArrayOf(count)
            select (Node)new Joined(isAnd, parts);
        return Gen.Frequency((2, test), (3, joined), (1, AnyNode(depth - 1).Select(static inner => (Node)new Not(inner))));
    }

    /// <summary>What an expression is written from.</summary>
    private abstract record Node(int Strength)
    {
        public abstract bool Holds(Dictionary<string, string> site);

        /// <summary>The text with spaces and parentheses that change nothing here and there.</summary>
        public abstract string Write(Random random);

        protected static string Space(Random random) => random.Next(3) switch { 0 => "", 1 => " ", _ => " \t" };

        protected string Inside(Random random, Node inner) => inner.Strength < Strength || random.Next(8) == 0
            ? $"({Space(random)}{inner.Write(random)}{Space(random)})"
            : inner.Write(random);
    }

    private sealed record Joined(bool IsAnd, Node[] Parts) : Node(IsAnd ? 2 : 1)
    {
        public override bool Holds(Dictionary<string, string> site) =>
            IsAnd ? Parts.All(part => part.Holds(site)) : Parts.Any(part => part.Holds(site));

        public override string Write(Random random) =>
            string.Join(Space(random) + (IsAnd ? '&' : '|') + Space(random), Parts.Select(part => Inside(random, part)));
    }

    private sealed record Not(Node Inner) : Node(3)
    {
        public override bool Holds(Dictionary<string, string> site) => !Inner.Holds(site);

        public override string Write(Random random) => "!" + Space(random) + Inside(random, Inner);
    }

    private sealed record Test(string Label, string Comparison, string[] Values) : Node(4)
    {
        public override bool Holds(Dictionary<string, string> site)
        {
            if (!site.TryGetValue(Label, out string? value))
            {
                return false;
            }

            bool isNumber = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
            return Comparison switch
            {
                "=" => value == Values[0],
                "!=" => value != Values[0],
                "<" => isNumber && number < double.Parse(Values[0], CultureInfo.InvariantCulture),
                ">" => isNumber && number > double.Parse(Values[0], CultureInfo.InvariantCulture),
                _ => Values.Contains(value),
            };
        }

        public override string Write(Random random) => Comparison == "in"
            ? $"{Label} in{Space(random)}({string.Join(Space(random) + "," + Space(random), Values)}{Space(random)})"
            : Label + Space(random) + Comparison + Space(random) + Values[0];
    }
}
