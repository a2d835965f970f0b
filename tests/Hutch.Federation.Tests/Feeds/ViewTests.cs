using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Feeds;

/// <summary>Who may do what at a site that has joined: what the zone says, and nothing else.</summary>
public sealed class ViewTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_of_the_zone_is_known_at_the_site_with_a_token_for_it()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        using HutchClient there = site.With(await TokenForAsync(ada, "archive"));

        await SiteServer.UntilKnownAsync(there);

        CallerInfo caller = await there.GetCallerAsync(Ct);
        Assert.Equal("ada", caller.User);
    }

    [Fact]
    public async Task Only_viewers_of_a_dataset_see_its_name_at_another_site()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        using HutchClient bob = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "bob" }, Ct)).Token!);
        DatasetInfo scan = await ada.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        using HutchClient adaThere = site.With(await TokenForAsync(ada, "archive"));
        using HutchClient bobThere = site.With(await TokenForAsync(bob, "archive"));
        await SiteServer.UntilKnownAsync(bobThere);

        DatasetInfo seen = await adaThere.GetDatasetAsync(scan.Id, Ct);
        var hidden = await Assert.ThrowsAsync<HutchException>(() => bobThere.GetDatasetAsync(scan.Id, Ct));

        Assert.Equal("scan", seen.Slug);
        Assert.DoesNotContain("scan", hidden.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grant_and_its_end_reach_the_site()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await zone.Admin.PutGrantAsync(scan.Id, "user:ada", new PutGrant { Right = "read" }, Ct);
        using HutchClient there = site.With(await TokenForAsync(ada, "archive"));
        await SiteServer.UntilKnownAsync(there);

        DatasetInfo before = await there.GetDatasetAsync(scan.Id, Ct);
        await zone.Admin.DeleteGrantAsync(scan.Id, "user:ada", Ct);
        string after = await RefusalAsync(there, scan.Id);

        Assert.Equal("scan", before.Slug);
        Assert.DoesNotContain("admin/scan", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_and_a_disabled_account_are_refused_at_the_site()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        CreatedToken first = await ada.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        using HutchClient one = site.With(first.Token!);
        using HutchClient other = site.With(await TokenForAsync(ada, "archive"));
        await SiteServer.UntilKnownAsync(other);

        await zone.Admin.RevokeTokenAsync(first.Id, Ct);
        HutchError revoked = await SiteServer.UntilRefusedAsync(one);
        CallerInfo still = await other.GetCallerAsync(Ct);
        await zone.Admin.PatchUserAsync("ada", new PatchUser { Disabled = true }, Ct);
        HutchError disabled = await SiteServer.UntilRefusedAsync(other);

        Assert.StartsWith("This token was revoked on", revoked.Message, StringComparison.Ordinal);
        Assert.Equal("ada", still.User);
        Assert.Contains("is disabled", disabled.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_good_at_the_site_that_it_was_made_for_and_nowhere_else()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        await compute.JoinAsync(zone, "compute");
        string forArchive = await TokenForAsync(zone.Admin, "archive");
        using HutchClient there = archive.With(forArchive);
        await SiteServer.UntilKnownAsync(there);
        using HutchClient stolenAtCompute = compute.With(forArchive);
        using HutchClient stolenAtZone = zone.With(forArchive);
        using HutchClient zonesOwn = archive.With(File.ReadAllText(Path.Combine(zone.Folder, "admin.token")).Trim());

        var elsewhere = await Assert.ThrowsAsync<HutchException>(() => stolenAtCompute.GetCallerAsync(Ct));
        var atZone = await Assert.ThrowsAsync<HutchException>(() => stolenAtZone.GetCallerAsync(Ct));
        var unbound = await Assert.ThrowsAsync<HutchException>(() => zonesOwn.GetCallerAsync(Ct));

        Assert.Equal("unauthenticated", elsewhere.Error.Code.Name);
        Assert.Contains("is for the site archive", atZone.Error.Message, StringComparison.Ordinal);
        Assert.Equal("unauthenticated", unbound.Error.Code.Name);
    }

    [Fact]
    public async Task Accounts_names_and_rights_are_changed_at_the_zone_only()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");

        var user = await Assert.ThrowsAsync<HutchException>(() => site.Admin.CreateUserAsync(new CreateUser { Name = "eve" }, Ct));
        var token = await Assert.ThrowsAsync<HutchException>(() => site.Admin.CreateTokenAsync(new CreateToken(), Ct));

        Assert.All(
            new[] { user, token },
            refused => Assert.Contains("is the site archive of a zone, which alone changes", refused.Error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_site_holds_no_secret_and_no_address_of_anybody()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        CreatedUser ada = await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada", Email = "ada@example.org" }, Ct);
        await site.JoinAsync(zone, "archive");
        await site.StopAsync();

        byte[] all = [.. Directory.EnumerateFiles(site.Folder, "zone.db*").SelectMany(File.ReadAllBytes)];

        string text = System.Text.Encoding.Latin1.GetString(all);
        Assert.Contains("ada", text, StringComparison.Ordinal);
        Assert.DoesNotContain("example.org", text, StringComparison.Ordinal);
        Assert.DoesNotContain(ada.Token!.Split('_')[2], text, StringComparison.Ordinal);
        await site.StartAgainAsync();
    }

    [Fact]
    public async Task A_site_works_without_its_zone_even_after_a_restart()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");

        await zone.StopAsync();
        await site.RestartAsync();
        CallerInfo caller = await site.Admin.GetCallerAsync(Ct);
        await site.UntilAsync(sites => sites.Here.Zone is { Connected: false, Problem: not null });

        Assert.Equal("admin", caller.User);
        await zone.StartAgainAsync();
    }

    [Fact]
    public async Task A_site_refuses_keys_when_its_view_is_older_than_15_minutes_and_all_callers_after_a_day()
    {
        var time = new ShiftedTime();
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", time);
        await site.JoinAsync(zone, "archive");
        CreatedToken made = await zone.Admin.CreateTokenAsync(new CreateToken { Narrowable = true, Sites = ["archive"] }, Ct);
        using HutchClient key = site.With(made.Token!);
        await SiteServer.UntilKnownAsync(key);
        await zone.StopAsync();

        time.Advance(TimeSpan.FromMinutes(14));
        await key.GetCallerAsync(Ct);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(ErrorCode.Unavailable, (await SiteServer.UntilRefusedAsync(key)).Code);
        await site.Admin.GetCallerAsync(Ct);

        time.Advance(TimeSpan.FromHours(25));
        HutchError refused = await SiteServer.UntilRefusedAsync(site.Admin);

        Assert.Contains("heard nothing of its zone for 25 hours", refused.Message, StringComparison.Ordinal);
        await zone.StartAgainAsync();
    }

    [Fact]
    public async Task A_capture_with_a_token_named_by_the_site_operator_continues_however_long_the_zone_is_away()
    {
        var time = new ShiftedTime();
        List<string> neverStop = [];
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", time, neverStop: neverStop);
        await site.JoinAsync(zone, "archive");
        using HutchClient capture = site.With(await TokenForAsync(zone.Admin, "archive"));
        await SiteServer.UntilKnownAsync(capture);
        neverStop.Add((await capture.GetCallerAsync(Ct)).Token!.Id);
        await zone.StopAsync();

        time.Advance(TimeSpan.FromHours(25));
        await SiteServer.UntilRefusedAsync(site.Admin);
        DatasetInfo made = await capture.CreateDatasetAsync(new CreateDataset { Name = "frames" }, Ct);
        await capture.PutEntryAsync(made.Id, "000001", Copied.Bytes(1000, 1), ct: Ct);

        Assert.Equal(true, made.Provisional);
        await zone.StartAgainAsync();
    }

    private static async Task<string> TokenForAsync(HutchClient person, string site) =>
        (await person.CreateTokenAsync(new CreateToken { Site = site }, Ct)).Token!;

    private static async Task<string> RefusalAsync(HutchClient client, DatasetId dataset) =>
        (await Assert.ThrowsAsync<HutchException>(() => client.GetDatasetAsync(dataset, Ct))).Error.Message;
}
