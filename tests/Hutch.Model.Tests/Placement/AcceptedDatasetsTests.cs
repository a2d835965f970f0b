using Hutch.Model.Placement;
using Hutch.Model.Sites;

namespace Hutch.Model.Tests.Placement;

public sealed class AcceptedDatasetsTests
{
    [Theory]
    [InlineData("type=mx/rotation", null)]
    [InlineData("owner in (anna, bob) & bytes<1000", null)]
    [InlineData("!name=scan-1", "takes only copies of datasets where !name=scan-1")]
    [InlineData("bytes>900", "takes only copies of datasets where bytes>900")]
    public void A_site_takes_the_datasets_that_its_expression_means(string accepts, string? refusal) =>
        Assert.Equal(refusal, WhyNot(new SiteTerms(SiteIntake.Open, accepts)));

    [Theory]
    [InlineData(SiteIntake.Open, null)]
    [InlineData(SiteIntake.NothingNew, "takes nothing new")]
    [InlineData(SiteIntake.ReadOnly, "is read-only")]
    [InlineData(SiteIntake.Draining, "takes nothing new")]
    public void A_site_that_is_not_open_takes_no_copy_whatever_it_accepts(SiteIntake intake, string? refusal) =>
        Assert.Equal(refusal, WhyNot(new SiteTerms(intake, "owner=anna")));

    [Theory]
    [InlineData("tier=archive", "A dataset has no 'tier': a site can choose datasets by owner, name, type, bytes.")]
    [InlineData("owner=anna & !(country=CZ)", "A dataset has no 'country'")]
    [InlineData("owner", "expected =, !=, <, > or in after the label owner")]
    [InlineData("bytes<many", "< and > compare numbers only")]
    public void An_expression_that_means_nothing_is_refused(string text, string why) =>
        Assert.Contains(why, AcceptedDatasets.Check(text).Error?.Message, StringComparison.Ordinal);

    [Fact]
    public void An_expression_is_kept_in_its_one_form() =>
        Assert.Equal("owner=anna & type=mx/rotation", AcceptedDatasets.Check(" owner = anna&( type=mx/rotation )").Value);

    private static string? WhyNot(SiteTerms terms) => AcceptedDatasets.FindRefusal(terms, "anna", "scan-1", "mx/rotation", 900);
}
