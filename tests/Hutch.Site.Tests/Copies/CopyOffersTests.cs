using Hutch.Model;
using Hutch.Model.Histories;
using Hutch.Model.Site;
using Hutch.Site.Tests.Sites;

namespace Hutch.Site.Tests.Copies;

/// <summary>Sites ask their homes again and again whether a dataset has anything new.</summary>
public sealed class CopyOffersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_offered_is_current_until_something_is_recorded()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("followed");
        Assert.True((await site.PutAsync(dataset.Id, "a.txt", "a")).IsOk);
        await site.Site.Offers.OfferNowAsync(dataset.Id, Ct);
        History offered = (await site.Site.Offers.OfferNowAsync(dataset.Id, Ct)).Value;

        bool before = await site.Site.Offers.IsCurrentAsync(dataset.Id, offered.Hash, Ct);
        bool ofAnother = await site.Site.Offers.IsCurrentAsync(dataset.Id, BlobHash.Compute("another"u8), Ct);
        bool ofNone = await site.Site.Offers.IsCurrentAsync(dataset.Id, null, Ct);
        Assert.True((await site.PutAsync(dataset.Id, "b.txt", "b")).IsOk);
        bool after = await site.Site.Offers.IsCurrentAsync(dataset.Id, offered.Hash, Ct);

        Assert.Equal((true, false, false, false), (before, ofAnother, ofNone, after));
    }

    /// <summary>Whoever moves here is offered versions that nobody else gets.</summary>
    [Fact]
    public async Task What_only_the_next_home_is_offered_is_not_taken_for_what_copies_are()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("moving");
        Assert.True((await site.PutAsync(dataset.Id, "a.txt", "a")).IsOk);
        await site.Site.Offers.OfferAllAsync(dataset.Id, Ct);
        History offered = (await site.Site.Offers.OfferAllAsync(dataset.Id, Ct)).Value;

        Assert.False(await site.Site.Offers.IsCurrentAsync(dataset.Id, offered.Hash, Ct));
    }
}
