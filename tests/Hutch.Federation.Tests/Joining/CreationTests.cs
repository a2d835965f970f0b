using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Joining;

/// <summary>Datasets that are made at a site of the zone, under names that the zone gives.</summary>
public sealed class CreationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_that_is_made_at_a_site_is_at_home_there_and_has_its_name_in_the_zone()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        using HutchClient there = site.With((await ada.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(there);

        DatasetInfo scan = await there.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await there.PutEntryAsync(scan.Id, "a.txt", "bytes at the site"u8.ToArray(), ct: Ct);
        using HttpResponseMessage read = await there.OpenEntryAsync(scan.Id, null, "a.txt", 0, Ct);
        CopyList atZone = await ada.GetCopiesAsync(scan.Id, Ct);
        var again = await Assert.ThrowsAsync<HutchException>(() => there.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct));

        Assert.Equal("ada/scan", scan.Owner + "/" + scan.Slug);
        Assert.Equal("bytes at the site", await read.Content.ReadAsStringAsync(Ct));
        Assert.Equal("archive", atZone.Home);
        Assert.Equal("already-exists", again.Error.Code.Name);
    }

    [Fact]
    public async Task A_program_is_switched_on_at_a_site_only_with_a_token_that_lasts()
    {
        var programs = new PlayedPrograms();
        await programs.WriteAsync("fit", "title: Fit\nversion: \"1\"\ncommand: [fit, \"{input}\", \"{output}\"]\naccepts: {types: [mx]}\nwhen: closed\n");
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", programs: programs);
        await site.JoinAsync(zone, "archive");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        using HutchClient there = site.With((await ada.CreateTokenAsync(new CreateToken { Site = "archive", ExpiresIn = 3600 }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(there);

        var refused = await Assert.ThrowsAsync<HutchException>(() => there.EnableProgramAsync("fit", new EnableProgram(), Ct));
        Assert.Equal(
            "No token of 'ada' for the site archive lasts for a day, and a login ends, too. The program could not start by itself.",
            refused.Error.Message);
        using HutchClient lasting = site.With((await ada.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(lasting);
        await lasting.EnableProgramAsync("fit", new EnableProgram(), Ct);
        programs.Delete();
    }

    [Fact]
    public async Task A_name_of_a_dataset_at_a_site_outlives_a_restart_of_the_zone_and_of_the_site()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetInfo scan = await site.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);

        await zone.RestartAsync();
        await site.RestartAsync();
        DatasetInfo after = await site.Admin.GetDatasetAsync(scan.Id, Ct);

        Assert.Equal(scan.Slug, after.Slug);
        Assert.Equal("archive", (await zone.Admin.GetCopiesAsync(scan.Id, Ct)).Home);
    }

    [Fact]
    public async Task Without_its_zone_a_site_makes_no_dataset_of_an_id_that_another_may_have_and_says_why()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        await zone.StopAsync();

        var refused = await Assert.ThrowsAsync<HutchException>(
            () => site.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan", Id = new DatasetId(Guid.NewGuid()) }, Ct));

        Assert.Equal("unavailable", refused.Error.Code.Name);
        Assert.Contains("Cannot reach", refused.Error.Message, StringComparison.Ordinal);
        await zone.StartAgainAsync();
    }

    [Fact]
    public async Task A_site_gets_no_name_with_a_token_that_is_not_for_it()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var liar = new Intruder(await zone.InviteAsync("archive"));
        await liar.JoinAsync();
        using var stranger = new Intruder(await zone.InviteAsync("compute"));
        CreatedToken ofZone = await zone.Admin.CreateTokenAsync(new CreateToken(), Ct);
        CreatedToken revoked = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        await zone.Admin.RevokeTokenAsync(revoked.Id, Ct);
        CreatedToken reads = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read"] }, Ct);

        Result<NameAnswer>[] refused =
        [
            await liar.NameAsync(ofZone.Id), await liar.NameAsync(revoked.Id), await liar.NameAsync(reads.Id),
            await liar.NameAsync("0123456789abcdef"), await liar.NameAsync("'; DROP TABLE names; --"), await stranger.NameAsync(ofZone.Id),
        ];

        Assert.All(refused, answer => Assert.False(answer.IsOk));
        Assert.Equal(
            ["unauthenticated", "unauthenticated", "scope-missing", "unauthenticated", "unauthenticated", "forbidden"],
            refused.Select(answer => answer.Error!.Code.Name));
        Assert.Equal(refused[0].Error!.Message, refused[3].Error!.Message);
    }

    [Fact]
    public async Task A_second_site_never_becomes_the_home_of_a_dataset_by_asking()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var first = new Intruder(await zone.InviteAsync("archive"));
        using var second = new Intruder(await zone.InviteAsync("compute"));
        await first.JoinAsync();
        await second.JoinAsync();
        CreatedToken atFirst = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        CreatedToken atSecond = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "compute" }, Ct);
        var dataset = new DatasetId(Guid.NewGuid());
        DatasetInfo beside = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "beside" }, Ct);

        Result<NameAnswer> made = await first.NameAsync(atFirst.Id, dataset);
        Result<NameAnswer> repeated = await first.NameAsync(atFirst.Id, dataset);
        Result<NameAnswer> stolen = await second.NameAsync(atSecond.Id, dataset);
        Result<NameAnswer> stolenFromZone = await second.NameAsync(atSecond.Id, beside.Id, "beside");

        Assert.True(made.IsOk && repeated.IsOk);
        Assert.Equal("already-exists", stolen.Error?.Code.Name);
        Assert.Equal("already-exists", stolenFromZone.Error?.Code.Name);
    }

    [Fact]
    public async Task A_site_gives_back_only_names_of_its_own()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var first = new Intruder(await zone.InviteAsync("archive"));
        using var second = new Intruder(await zone.InviteAsync("compute"));
        await first.JoinAsync();
        await second.JoinAsync();
        CreatedToken token = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        var dataset = new DatasetId(Guid.NewGuid());
        await first.NameAsync(token.Id, dataset);
        DatasetInfo beside = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "beside" }, Ct);

        Result<DoneAnswer> foreign = await second.ReleaseNameAsync(dataset);
        Result<DoneAnswer> ofZone = await second.ReleaseNameAsync(beside.Id);
        Result<DoneAnswer> own = await first.ReleaseNameAsync(dataset);

        Assert.Equal("not-found", foreign.Error?.Code.Name);
        Assert.Equal("not-found", ofZone.Error?.Code.Name);
        Assert.True(own.IsOk);
        Assert.Equal("beside", (await zone.Admin.GetDatasetAsync(beside.Id, Ct)).Slug);
    }
}
