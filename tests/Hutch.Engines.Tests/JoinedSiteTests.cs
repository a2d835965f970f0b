using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Engines.Tests;

/// <summary>A site that two servers run over PostgreSQL and a bucket joins a zone at one of them, while both run.</summary>
public sealed class JoinedSiteTests : IAsyncLifetime
{
    private SiteServer _zone = null!;
    private SiteServer _one = null!;
    private SiteServer _two = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync();
        _one = await SiteServer.StartAsync("new");
        _two = await _one.StartOtherAsync();
        await _one.JoinAsync(_zone, "archive");
    }

    public async ValueTask DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task What_the_zone_gives_and_takes_counts_at_each_server_whichever_of_them_follows_it()
    {
        List<string> unconfirmed = [];
        using HutchClient admin = _zone.AdminWith(unconfirmed.Add);
        DatasetInfo scan = await admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await admin.PutEntryAsync(scan.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        CreatedUser ada = await admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct);
        using HutchClient atZone = _zone.With(ada.Token!);
        CreatedToken token = await atZone.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read", "write"] }, Ct);
        using HutchClient atOne = _one.With(token.Token!);
        using HutchClient atTwo = _two.With(token.Token!);
        await SiteServer.UntilKnownAsync(atTwo);

        await admin.PutGrantAsync(scan.Id, "user:ada", new PutGrant { Right = "read" }, Ct);
        string[] read = [await ReadAsync(atOne, scan.Id), await ReadAsync(atTwo, scan.Id)];
        await admin.DeleteGrantAsync(scan.Id, "user:ada", Ct);
        ErrorCode[] refused = [await RefusedAsync(atOne, scan.Id), await RefusedAsync(atTwo, scan.Id)];
        HutchException local = await Assert.ThrowsAsync<HutchException>(
            () => _two.With(_one.AdminToken).CreateUserAsync(new CreateUser { Name = "bob" }, Ct));
        DatasetInfo made = await atTwo.CreateDatasetAsync(new CreateDataset { Name = "made" }, Ct);
        await _one.StopAsync();
        await admin.PutGrantAsync(scan.Id, "user:ada", new PutGrant { Right = "read" }, Ct);
        string alone = await ReadAsync(atTwo, scan.Id);
        await _one.StartAgainAsync();

        Assert.Empty(unconfirmed);
        Assert.Equal(["one", "one", "one"], read.Append(alone));
        Assert.All(refused, static code => Assert.Equal(ErrorCode.NotFound, code));
        Assert.Contains("This server is the site archive of a zone", local.Error.Message, StringComparison.Ordinal);
        Assert.Equal("ada/made", (await atZone.GetDatasetAsync(made.Id, Ct)).Name);
        Assert.Equal("connected", (await _zone.SiteAsync("archive")).State);
    }

    private static async Task<string> ReadAsync(HutchClient client, DatasetId dataset)
    {
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await client.OpenEntryAsync(dataset, null, "a.txt", 0, Ct);
                return await answer.Content.ReadAsStringAsync(Ct);
            }
            catch (HutchException)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private static async Task<ErrorCode> RefusedAsync(HutchClient client, DatasetId dataset) =>
        (await Assert.ThrowsAsync<HutchException>(() => client.OpenEntryAsync(dataset, null, "a.txt", 0, Ct))).Error.Code;
}
