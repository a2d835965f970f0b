using Hutch.Publishing.Harvest;

namespace Hutch.Publishing.Tests.Harvest;

public sealed class OaiRequestTests
{
    [Fact]
    public void A_resumption_token_continues_after_the_previous_page()
    {
        OaiRequest first = Ask("verb=ListRecords", "metadataPrefix=oai_datacite", "from=2026-11-01", "until=2026-11-23");

        OaiRequest next = Ask("verb=ListRecords", "resumptionToken=" + first.TokenAfter(new ResumptionToken(17, Sample.Work.Dataset)));

        Assert.Equal(first with { After = new ResumptionToken(17, Sample.Work.Dataset) }, next);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 23, 59, 59, TimeSpan.Zero), next.Until);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%%%")]
    [InlineData("b2FpX2RjfHx8fA")]
    public void A_malformed_resumption_token_is_refused(string token)
    {
        OaiException refusal = Assert.Throws<OaiException>(() => Ask("verb=ListRecords", "resumptionToken=" + token));

        Assert.Equal("badResumptionToken", refusal.Code);
    }

    private static OaiRequest Ask(params string[] arguments) =>
        OaiRequest.Parse([.. arguments.Select(static one => KeyValuePair.Create(one.Split('=')[0], one.Split('=')[1]))]);
}
