using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Federation.Tests.Joining;

/// <summary>Datasets that are made at a site while its zone cannot be reached.</summary>
public sealed class ProvisionalNameTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private SiteServer _zone = null!;
    private SiteServer _site = null!;
    private HutchClient _ada = null!;
    private HutchClient _atSite = null!;
    private string _token = "";
    private string _tokenId = "";
    private string _siteToken = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync();
        _site = await SiteServer.StartAsync("new");
        await _site.JoinAsync(_zone, "archive");
        await LogInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _ada.Dispose();
        _atSite.Dispose();
        await _site.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task A_dataset_that_is_made_without_the_zone_is_written_and_read_at_once_and_has_its_name_when_the_zone_is_back()
    {
        await _zone.StopAsync();

        DatasetInfo made = await _atSite.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await _atSite.PutEntryAsync(made.Id, "a.txt", "bytes without a zone"u8.ToArray(), ct: Ct);
        await RestartSiteAsync();
        DatasetInfo meanwhile = await _atSite.ResolveAsync("scan", Ct);
        using HttpResponseMessage read = await _atSite.OpenEntryAsync(made.Id, null, "a.txt", 0, Ct);
        await _zone.StartAgainAsync();
        DatasetInfo after = await UntilRegisteredAsync(made.Id);

        Assert.Equal((true, true), (made.Provisional, meanwhile.Provisional));
        Assert.Equal((made.Id, "ada/scan"), (meanwhile.Id, meanwhile.Name));
        Assert.Equal("bytes without a zone", await read.Content.ReadAsStringAsync(Ct));
        Assert.Equal(("ada/scan", null), (after.Name, after.Alias));
        using HutchClient atZone = _zone.With(_token);
        Assert.Equal("archive", (await atZone.GetCopiesAsync(made.Id, Ct)).Home);
    }

    [Fact]
    public async Task A_provisional_name_taken_at_the_zone_gets_a_number_and_stays_an_alias_at_its_site()
    {
        await _zone.StopAsync();
        DatasetInfo made = await _atSite.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await _site.StopAsync();
        await _zone.StartAgainAsync();
        using HutchClient atZone = _zone.With(_token);
        DatasetInfo other = await atZone.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await _site.StartAgainAsync();
        LogInAgain();

        DatasetInfo after = await UntilRegisteredAsync(made.Id);
        DatasetInfo[] found = [await _atSite.ResolveAsync("scan", Ct), await _atSite.ResolveAsync("ada/scan", Ct), await _atSite.ResolveAsync("scan-2", Ct)];
        var taken = await Assert.ThrowsAsync<HutchException>(() => _atSite.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct));

        Assert.Equal(("ada/scan-2", "ada/scan"), (after.Name, after.Alias));
        Assert.All(found, one => Assert.Equal(made.Id, one.Id));
        Assert.Equal(other.Id, (await atZone.ResolveAsync("scan", Ct)).Id);
        Assert.Equal("already-exists", taken.Error.Code.Name);
    }

    [Fact]
    public async Task A_provisional_dataset_is_its_owners_alone()
    {
        using HutchClient bob = await AtSiteAsync("bob");
        await _zone.StopAsync();
        DatasetInfo made = await _atSite.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);

        string[] refused =
        [
            await RefusedAsync(() => bob.GetDatasetAsync(made.Id, Ct)),
            await RefusedAsync(() => _atSite.PutGrantAsync(made.Id, "user:bob", new PutGrant { Right = "read" }, Ct)),
            await RefusedAsync(() => _atSite.CreateLinkAsync(made.Id, new CreateLink { Right = "read" }, Ct)),
            await RefusedAsync(() => _atSite.PatchDatasetAsync(made.Id, new PatchDataset { Visibility = "public" }, Ct)),
            await RefusedAsync(() => _atSite.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct)),
        ];
        await _zone.StartAgainAsync();

        Assert.Equal(["not-found", "unprocessable", "unavailable", "unprocessable", "already-exists"], refused);
    }

    [Fact]
    public async Task A_name_that_the_zone_refuses_stays_provisional_with_a_warning_until_the_zone_accepts_it()
    {
        await _zone.StopAsync();
        DatasetInfo made = await _atSite.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await _site.StopAsync();
        await _zone.StartAgainAsync();
        await _zone.Admin.RevokeTokenAsync(_tokenId, Ct);
        await _site.StartAgainAsync();

        SiteWarning told = (await UntilAsync(
            async () => await _site.Site.Warnings.ReadAsync(Ct), warnings => warnings.Any(static one => one.Kind == "name-provisional")))
            .Single(static one => one.Kind == "name-provisional");
        using HutchClient atZone = _zone.With(_token);
        using HutchClient again = _site.With((await atZone.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(again);
        DatasetInfo after = await UntilAsync(() => again.GetDatasetAsync(made.Id, Ct), static dataset => dataset.Provisional is null);

        Assert.Contains("ada/scan", told.Message, StringComparison.Ordinal);
        Assert.True(told.IsConfidential);
        Assert.Equal("ada/scan", after.Name);
    }

    [Fact]
    public async Task Tokens_of_steps_do_not_hide_the_one_with_which_the_zone_gives_the_name()
    {
        DatasetId output = (await _atSite.CreateDatasetAsync(new CreateDataset { Name = "output" }, Ct)).Id;
        var wanted = new CreateStepToken { Output = output, ExpiresIn = 3600 };
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => _atSite.CreateStepTokenAsync(wanted, Ct)));
        string again = (await _ada.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!;
        using (HutchClient known = _site.With(again))
        {
            await SiteServer.UntilKnownAsync(known);
        }

        await _zone.StopAsync();
        DatasetInfo made = await _atSite.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await _site.StopAsync();
        await _zone.StartAgainAsync();
        await _zone.Admin.RevokeTokenAsync(_tokenId, Ct);
        await _site.StartAgainAsync();
        using HutchClient later = _site.With(again);

        DatasetInfo after = await UntilAsync(() => later.GetDatasetAsync(made.Id, Ct), static dataset => dataset.Provisional is null);

        Assert.Equal("ada/scan", after.Name);
    }

    [Fact]
    public async Task A_creator_owns_a_dataset_made_for_another_account_until_the_zone_confirms_it()
    {
        await _zone.Admin.CreateUserAsync(new CreateUser { Name = "visitor" }, Ct);
        await _zone.Admin.PatchUserAsync("ada", new PatchUser { CreatesFor = ["visitor"] }, Ct);
        await UntilAsync(() => KnowsAsync("visitor"), static knows => knows);
        await _zone.StopAsync();

        DatasetInfo made = await _atSite.CreateDatasetAsync(new CreateDataset { Name = "visitor/scan" }, Ct);
        DatasetInfo found = await _atSite.ResolveAsync("visitor/scan", Ct);
        await _zone.StartAgainAsync();
        DatasetInfo after = await UntilRegisteredAsync(made.Id);

        Assert.Equal(("ada/scan", "visitor/scan", made.Id), (made.Name, made.Alias, found.Id));
        Assert.Equal(("visitor/scan", null, "write"), (after.Name, after.Alias, after.YourRight));
    }

    private async Task LogInAsync()
    {
        _token = (await _zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!;
        _ada = _zone.With(_token);
        CreatedToken here = await _ada.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read", "write", "manage"] }, Ct);
        _tokenId = here.Id;
        _siteToken = here.Token!;
        _atSite = _site.With(_siteToken);
        await SiteServer.UntilKnownAsync(_atSite);
    }

    private async Task<HutchClient> AtSiteAsync(string name)
    {
        using HutchClient atZone = _zone.With((await _zone.Admin.CreateUserAsync(new CreateUser { Name = name }, Ct)).Token!);
        HutchClient there = _site.With((await atZone.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(there);
        return there;
    }

    private async Task<bool> KnowsAsync(string user)
    {
        try
        {
            return (await _site.Admin.GetUserAsync(user, Ct)).Name == user;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
        {
            return false;
        }
    }

    private async Task RestartSiteAsync()
    {
        await _site.RestartAsync();
        LogInAgain();
    }

    private void LogInAgain()
    {
        _atSite.Dispose();
        _atSite = _site.With(_siteToken);
    }

    private Task<DatasetInfo> UntilRegisteredAsync(DatasetId dataset) =>
        UntilAsync(() => _atSite.GetDatasetAsync(dataset, Ct), static seen => seen.Provisional is null);

    /// <summary>Waits for something that comes by itself; fails in words when it does not.</summary>
    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> holds)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        timeout.CancelAfter(Timeout);
        T seen = await read();
        while (!holds(seen))
        {
            Assert.False(timeout.IsCancellationRequested, $"after a minute it still is {seen}");
            await Task.Delay(20, Ct);
            seen = await read();
        }

        return seen;
    }

    private static async Task<string> RefusedAsync(Func<Task> work) => (await Assert.ThrowsAsync<HutchException>(work)).Error.Code.Name;
}
