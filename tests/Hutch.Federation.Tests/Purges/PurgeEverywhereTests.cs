using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.Federation.Tests.Purges;

/// <summary>What an administrator of the zone has purged everywhere is left at no site, whatever that had promised to keep.</summary>
public sealed class PurgeEverywhereTests : IAsyncLifetime
{
    private const string Reason = "consent withdrawn";

    private readonly TwoSites _sites = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _sites.InitializeAsync();

    public ValueTask DisposeAsync() => _sites.DisposeAsync();

    [Fact]
    public async Task A_dataset_ends_at_its_home_and_at_a_site_with_a_copy_without_any_trash_and_comes_back_nowhere()
    {
        DatasetId id = await _sites.MakeCopiedAsync("personal");
        BlobHash file = BlobHash.Compute("one"u8);

        PurgeInfo ordered = await _sites.Zone.Admin.OrderPurgeAsync(new OrderPurge { Dataset = id, Reason = Reason }, Ct);
        PurgeInfo done = await UntilDoneAsync(id);
        PurgeInfo again = await _sites.Zone.Admin.OrderPurgeAsync(new OrderPurge { Dataset = id, Reason = "again" }, Ct);

        Assert.Equal(("admin/personal", "admin", Reason), (ordered.Name, ordered.By, ordered.Reason));
        Assert.Equal(["done", "done"], done.Sites.Select(static site => site.State));
        Assert.Equal((done.Ordered, Reason, false), (again.Ordered, again.Reason, again.Open));
        foreach (SiteServer site in new[] { _sites.Zone, _sites.Archive })
        {
            SiteDataset here = (await site.Site.Evictions.FindAsync(id, Ct))!;
            Assert.Equal(("purged", (long?)null), (here.EndedWay, here.TrashedUntil));
            Assert.Null(await site.Site.Blobs.FindPermanentAsync(file, Ct));
            Assert.Equal(ErrorCode.Gone, (await RefusedAsync(() => Copied.ReadTextAsync(site.Admin, id, "a.txt"))).Code);
        }
    }

    [Fact]
    public async Task A_hold_and_an_eviction_end_with_it()
    {
        DatasetId id = await TwoSites.MakeAsync(_sites.Archive.Admin, "held");
        await _sites.Archive.Admin.CloseDatasetAsync(id, new CloseDataset(), Ct);
        await UntilAsync(() => _sites.Zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "facility" }, Ct));
        await Copied.UntilCompleteAsync(_sites.Zone.Admin, id, "facility", 1);
        await UntilAsync(() => _sites.Archive.Admin.EvictAsync(id, new EvictDataset(), Ct));
        while ((await _sites.Archive.Site.Evictions.FindAsync(id, Ct))!.Eviction?.State != EvictionState.Evicted)
        {
            await Task.Delay(20, Ct);
        }

        await _sites.Zone.Admin.OrderPurgeAsync(new OrderPurge { Dataset = id, Reason = Reason }, Ct);
        await UntilDoneAsync(id);

        Assert.Null(await _sites.Zone.Site.CopyHolds.FindAsync(id, Ct));
        Assert.Null((await _sites.Archive.Site.Evictions.FindAsync(id, Ct))!.Eviction);
        Assert.Null(await _sites.Zone.Site.Blobs.FindPermanentAsync(BlobHash.Compute("one"u8), Ct));
    }

    [Fact]
    public async Task A_site_that_was_away_is_named_and_purges_it_when_it_comes_back()
    {
        DatasetId id = await _sites.MakeCopiedAsync("away");
        await _sites.Archive.StopAsync();

        await _sites.Zone.Admin.OrderPurgeAsync(new OrderPurge { Dataset = id, Reason = Reason }, Ct);
        PurgeInfo open = await UntilAsync(id, static purge => purge.Sites.Any(static site => site.State == "done"));
        await _sites.Archive.RestartAsync();
        PurgeInfo done = await UntilDoneAsync(id);

        Assert.True(open.Open);
        Assert.Equal(("archive", "waiting"), (open.Sites[1].Site, open.Sites[1].State));
        Assert.All(done.Sites, static site => Assert.NotNull(site.At));
        Assert.Equal("purged", (await _sites.Archive.Site.Evictions.FindAsync(id, Ct))!.EndedWay);
    }

    [Fact]
    public async Task Only_administrators_order_it_and_only_at_the_zone()
    {
        DatasetId id = await _sites.MakeCopiedAsync("mine");
        CreatedUser ada = await _sites.Zone.Admin.CreateUserAsync(new CreateUser { Name = "ada", Roles = ["site-admin"] }, Ct);
        using HutchClient other = _sites.Zone.With(ada.Token!);
        var order = new OrderPurge { Dataset = id, Reason = Reason };

        HutchError byOther = await RefusedAsync(() => other.OrderPurgeAsync(order, Ct));
        HutchError atSite = await RefusedAsync(() => _sites.Archive.Admin.OrderPurgeAsync(order, Ct));
        HutchError noReason = await RefusedAsync(() => _sites.Zone.Admin.OrderPurgeAsync(order with { Reason = " " }, Ct));
        HutchError unknown = await RefusedAsync(
            () => _sites.Zone.Admin.OrderPurgeAsync(order with { Dataset = new DatasetId(Guid.NewGuid()) }, Ct));

        Assert.Equal(ErrorCode.Forbidden, byOther.Code);
        Assert.Contains("This server is the site archive of a zone", atSite.Message, StringComparison.Ordinal);
        Assert.Contains("needs a reason", noReason.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.NotFound, unknown.Code);
        Assert.Empty(await _sites.Zone.Admin.ListPurgesAsync(ct: Ct).ToListAsync(Ct));
        Assert.Equal("one", await Copied.ReadTextAsync(_sites.Archive.Admin, id, "a.txt"));
    }

    private static async Task<HutchError> RefusedAsync(Func<Task> ask) => (await Assert.ThrowsAsync<HutchException>(ask)).Error;

    /// <summary>Asks until it is not refused any more: a site hears of what the zone knows a moment later.</summary>
    private static async Task UntilAsync(Func<Task> ask)
    {
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Conflict)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private Task<PurgeInfo> UntilDoneAsync(DatasetId id) => UntilAsync(id, static purge => !purge.Open);

    private async Task<PurgeInfo> UntilAsync(DatasetId id, Func<PurgeInfo, bool> holds)
    {
        while (true)
        {
            PurgeInfo? found = await _sites.Zone.Admin.ListPurgesAsync(ct: Ct).FirstOrDefaultAsync(purge => purge.Dataset == id, Ct);
            if (found is not null && holds(found))
            {
                return found;
            }

            await Task.Delay(20, Ct);
        }
    }
}
