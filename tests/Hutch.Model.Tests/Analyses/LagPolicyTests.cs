using Hutch.Model.Analyses;

namespace Hutch.Model.Tests.Analyses;

public sealed class LagPolicyTests
{
    [Theory]
    [InlineData("all")]
    [InlineData("newest")]
    [InlineData("every:2")]
    [InlineData("every:10000")]
    public void A_policy_is_written_as_it_is_read(string text)
    {
        Assert.Equal(text, LagPolicy.Parse(text).Value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Newest")]
    [InlineData("every")]
    [InlineData("every:")]
    [InlineData("every:0")]
    [InlineData("every:1")]
    [InlineData("every:-2")]
    [InlineData("every: 2")]
    [InlineData("every:10001")]
    [InlineData("every:99999999999999999999")]
    public void An_invalid_policy_is_refused_with_the_list_of_policies(string text)
    {
        HutchError? error = LagPolicy.Parse(text).Error;

        Assert.Equal(ErrorCode.Unprocessable, error?.Code);
        Assert.Contains("'all', 'newest', or 'every:N'", error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_tenth_spares_the_first_frame_and_each_tenth_after_it()
    {
        LagPolicy policy = LagPolicy.Parse("every:10").Value;

        Assert.Equal([1, 11, 21, 31], Enumerable.Range(1, 40).Where(policy.AlwaysAnalyses));
        Assert.True(LagPolicy.All.AlwaysAnalyses(2));
        Assert.False(LagPolicy.Newest.AlwaysAnalyses(1));
    }
}
