using Hutch.Model.Placement;

namespace Hutch.Model.Tests.Placement;

/// <summary>Rules: how they are read and written, and what is said of wrong ones.</summary>
public sealed class PlacementRuleTests
{
    [Theory]
    [InlineData("2 copies where tier=archive&country in(SE, DE)", PlacementRuleKind.Copies, 2, "2 copies where tier=archive & country in (DE, SE)")]
    [InlineData(" 1  copies where (tier=archive)", PlacementRuleKind.Copies, 1, "1 copy where tier=archive")]
    [InlineData("16 copy where serve=yes", PlacementRuleKind.Copies, 16, "16 copies where serve=yes")]
    [InlineData("serve where country!=US", PlacementRuleKind.Serve, 1, "serve where country!=US")]
    [InlineData("home where !tier=scratch", PlacementRuleKind.Home, 1, "home where !tier=scratch")]
    public void A_rule_is_read_and_always_written_in_the_same_way(string text, PlacementRuleKind kind, int copies, string canonical)
    {
        PlacementRule rule = PlacementRule.Parse(text).Value;

        Assert.Equal((kind, copies, canonical), (rule.Kind, rule.Copies, rule.ToString()));
        Assert.Equal(rule, PlacementRule.Parse(canonical).Value);
    }

    [Theory]
    [InlineData("1 copy|reproducible where tier=disk", 90, "1 copy | reproducible where tier=disk")]
    [InlineData("2 copies | reproducible within 90 days where a=1", 90, "2 copies | reproducible where a=1")]
    [InlineData("1 copy | reproducible at archive or node-2 where a=1", 90, "1 copy | reproducible at archive or node-2 where a=1")]
    [InlineData("1 copy | reproducible at archive within 8 days where a=1", 8, "1 copy | reproducible at archive within 8 days where a=1")]
    [InlineData("1 copies | reproducible within 1 days where a=1 | b=2", 1, "1 copy | reproducible within 1 day where a=1 | b=2")]
    [InlineData("1 copy | reproducible within 3650 day where a=1", 3650, "1 copy | reproducible within 3650 days where a=1")]
    [InlineData("1 copy where reproducible=yes", null, "1 copy where reproducible=yes")]
    public void A_rule_can_name_the_proof_that_replaces_copies(string text, int? days, string canonical)
    {
        PlacementRule rule = PlacementRule.Parse(text).Value;

        Assert.Equal((days, canonical), (rule.ProofDays, rule.ToString()));
        Assert.Equal(rule, PlacementRule.Parse(canonical).Value);
        Assert.NotEqual(rule with { ProofDays = 7 }, rule);
    }

    [Theory]
    [InlineData("", 1, "The rule cannot be read at its end: a rule begins with a number of copies, with serve or with home.")]
    [InlineData("two copies where a=1", 1, "a rule begins with a number of copies, with serve or with home")]
    [InlineData("copies where a=1", 1, "a rule begins with a number of copies, with serve or with home")]
    [InlineData("0 copies where a=1", 1, "there can be 1 to 16 copies")]
    [InlineData("17 copies where a=1", 1, "there can be 1 to 16 copies")]
    [InlineData("-1 copies where a=1", 1, "a rule begins with a number")]
    [InlineData("99999999999 copies where a=1", 1, "a rule begins with a number")]
    [InlineData("2 replicas where a=1", 3, "expected copies after the number")]
    [InlineData("2 copies at a=1", 10, "expected where, and after it which sites are meant")]
    [InlineData("serve", 6, "expected where, and after it which sites are meant")]
    [InlineData("home where", 11, "The rule cannot be read at its end: expected a label, '!' or '('.")]
    [InlineData("1 copy | proved where a=1", 10, "expected reproducible, the one thing that can replace copies")]
    [InlineData("1 copy | reproducible", 22, "expected where, and after it which sites are meant")]
    [InlineData("1 copy | reproducible at where a=1", 26, "expected the name of a site whose reruns count")]
    [InlineData("1 copy | reproducible at Archive where a=1", 26, "expected the name of a site whose reruns count")]
    [InlineData("1 copy | reproducible within 0 days where a=1", 30, "a proof can count for 1 to 3650 days")]
    [InlineData("1 copy | reproducible within 3651 days where a=1", 30, "a proof can count for 1 to 3650 days")]
    [InlineData("1 copy | reproducible within 9 weeks where a=1", 32, "expected days after the number")]
    [InlineData("serve | reproducible where a=1", 7, "expected where, and after it which sites are meant")]
    [InlineData("2 copies where tier=archive or tier=disk", 29, "expected '&', '|' or the end; 'or' is written '|'")]
    public void A_wrong_rule_is_refused_with_the_place(string text, int position, string message)
    {
        HutchError error = PlacementRule.Parse(text).Error!;

        Assert.Equal(position.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Details!["position"]);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
