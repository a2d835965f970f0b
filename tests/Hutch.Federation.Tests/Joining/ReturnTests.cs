using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Joining;

/// <summary>A site, or its zone, that comes back without its membership becomes again what it was (H1).</summary>
public sealed class ReturnTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_with_accounts_from_before_its_join_does_not_start_and_returns_with_a_token()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        byte[] accounts = await ReadAccountsAsync(site);
        await site.JoinAsync(zone, "archive");
        DatasetInfo scan = await site.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        string id = await IdAsync(zone);
        await site.StopAsync();
        PutAccountsBack(site, accounts);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(site.StartAgainAsync);
        string token = (await zone.Admin.InviteSiteAsync(new InviteSite { Name = "archive", Again = true }, Ct)).Token;
        HutchError? failed = (await site.ReturnAsync(token)).Error;
        await site.StartAgainAsync();

        Assert.Contains("zone.db there never joined a zone", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains("`hutch site invite archive --again`", refused.Error.Code.Advice, StringComparison.Ordinal);
        Assert.Null(failed);
        await zone.UntilAsync(static sites => sites.Items is [{ State: "connected" }]);
        await SiteServer.UntilKnownAsync(site.Admin);
        Assert.Equal(id, await IdAsync(zone));
        Assert.Equal("admin/scan", (await site.Admin.GetDatasetAsync(scan.Id, Ct)).Name);
    }

    [Fact]
    public async Task A_zone_from_before_a_join_takes_the_site_back_with_its_id_and_hears_of_its_datasets()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", listens: false);
        byte[] accounts = await ReadAccountsAsync(zone);
        await site.JoinAsync(zone, "archive");
        DatasetInfo scan = await site.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        string id = await IdAsync(zone);
        await zone.StopAsync();
        PutAccountsBack(zone, accounts);
        await zone.StartAgainAsync();
        await zone.Zone.BeginIncarnationAsync(Ct);
        string token = await zone.InviteAsync("archive");
        await site.StopAsync();

        HutchError? failed = (await site.ReturnAsync(token)).Error;
        await site.StartAgainAsync();

        Assert.Null(failed);
        await zone.UntilAsync(static sites => sites.Items is [{ State: "connected" }]);
        Assert.Equal(id, await IdAsync(zone));
        while (!await zone.Admin.ListDatasetsAsync(ct: Ct).AnyAsync(one => one.Id == scan.Id, Ct))
        {
            await Task.Delay(20, Ct);
        }
    }

    [Fact]
    public async Task A_site_that_comes_back_with_another_key_ends_the_earlier_one()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var lost = new Intruder(await zone.InviteAsync("archive"));
        string id = (await lost.JoinAsync()).Value.SiteId;
        using var back = new Intruder((await zone.Admin.InviteSiteAsync(new InviteSite { Name = "archive", Again = true }, Ct)).Token);

        string again = (await back.JoinAsync()).Value.SiteId;

        Assert.Equal(id, again);
        Assert.Equal(back.Key, Assert.Single((await zone.Admin.GetSitesAsync(Ct)).Items).Key);
        Assert.Equal("forbidden", (await lost.JoinAsync()).Error?.Code.Name);
    }

    [Fact]
    public async Task A_token_for_the_return_of_a_site_is_made_for_a_known_site_only()
    {
        await using SiteServer zone = await SiteServer.StartAsync();

        HutchException refused = await Assert.ThrowsAsync<HutchException>(
            () => zone.Admin.InviteSiteAsync(new InviteSite { Name = "archive", Again = true }, Ct));

        Assert.Equal(ErrorCode.NotFound.Name, refused.Error.Code.Name);
    }

    private static async Task<string> IdAsync(SiteServer zone) => Assert.Single((await zone.Zone.Sites.StateAsync(Ct)).Sites).Id;

    private static async Task<byte[]> ReadAccountsAsync(SiteServer server)
    {
        await server.StopAsync();
        byte[] accounts = await File.ReadAllBytesAsync(Path.Combine(server.Folder, "zone.db"), Ct);
        await server.StartAgainAsync();
        return accounts;
    }

    private static void PutAccountsBack(SiteServer server, byte[] accounts)
    {
        foreach (string name in new[] { "zone.db-wal", "zone.db-shm" })
        {
            File.Delete(Path.Combine(server.Folder, name));
        }

        File.WriteAllBytes(Path.Combine(server.Folder, "zone.db"), accounts);
    }
}
