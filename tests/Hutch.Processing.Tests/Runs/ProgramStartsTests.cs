using Hutch.Model.Site;
using Hutch.Processing.Runs;
using Hutch.Site.Tests.Sites;

namespace Hutch.Processing.Tests.Runs;

public sealed class ProgramStartsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_close_is_reported_and_no_other_commit()
    {
        await using TestSite site = await TestSite.OpenAsync();
        ProgramStarts starts = new RunServices(site.Site, TimeProvider.System).Starts;
        int closes = 0;
        starts.Closed += () => closes++;

        SiteDataset scan = await site.CreateAsync("scan");
        Assert.Equal(0, closes);
        await site.Site.Lifecycle.CloseAsync(scan.Id, "anna", null, Ct);

        Assert.Equal(1, closes);
    }
}
