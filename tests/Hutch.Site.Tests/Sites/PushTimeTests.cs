using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Site.Tests.Sites;

/// <summary>A push lives as long as it is used.</summary>
public sealed class PushTimeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_that_is_used_gets_its_time_again_and_one_that_is_not_ends()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        SiteSession used = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        SiteSession forgotten = (await site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;

        await site.PassAsync(TimeSpan.FromHours(30));
        Assert.Equal(used.Expires, (await site.Site.Pushes.FindAsync(used.Id, "anna", Ct)).Value.Expires);
        await site.PassAsync(TimeSpan.FromHours(10));
        long moved = (await site.Site.Pushes.FindAsync(used.Id, "anna", Ct)).Value.Expires;
        Assert.InRange(moved - used.Expires, TimeSpan.FromHours(40).TotalMilliseconds, TimeSpan.FromHours(41).TotalMilliseconds);
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await site.DumpAsync());
        await site.PassAsync(TimeSpan.FromHours(40));

        Assert.True((await site.Site.Pushes.FindAsync(used.Id, "anna", Ct)).IsOk);
        Assert.Equal(ErrorCode.NotFound, (await site.Site.Pushes.FindAsync(forgotten.Id, "anna", Ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await site.Site.Pushes.FindAsync(used.Id, "berta", Ct)).Error?.Code);
    }
}
