using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Feeds;

/// <summary>Who operates and administers one site of a zone.</summary>
public sealed class SiteRoleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_of_a_site_reaches_its_jobs_and_those_of_no_other()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        await compute.JoinAsync(zone, "compute");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(
            new CreateUser { Name = "ada", Roles = ["operator@archive"] }, Ct)).Token!);
        using HutchClient there = archive.With(await TokenForAsync(ada, "archive"));
        using HutchClient elsewhere = compute.With(await TokenForAsync(ada, "compute"));
        await SiteServer.UntilKnownAsync(there);
        await SiteServer.UntilKnownAsync(elsewhere);

        JobInfo job = await there.StartJobAsync(new StartJob { Kind = "gc" }, Ct);
        var atCompute = await Assert.ThrowsAsync<HutchException>(() => elsewhere.StartJobAsync(new StartJob { Kind = "gc" }, Ct));
        var atZone = await Assert.ThrowsAsync<HutchException>(() => ada.StartJobAsync(new StartJob { Kind = "gc" }, Ct));

        Assert.Equal("gc", job.Kind);
        Assert.All(new[] { atCompute, atZone }, refused => Assert.Equal("forbidden", refused.Error.Code.Name));
        Assert.Contains("operator", (await there.GetCallerAsync(Ct)).Roles);
        Assert.DoesNotContain("operator", (await elsewhere.GetCallerAsync(Ct)).Roles);
    }

    [Fact]
    public async Task A_role_that_is_taken_ends_at_the_site()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(
            new CreateUser { Name = "ada", Roles = ["site-admin@archive"] }, Ct)).Token!);
        using HutchClient there = archive.With(await TokenForAsync(ada, "archive"));
        await SiteServer.UntilKnownAsync(there);
        string[] before = [.. (await there.GetCallerAsync(Ct)).Roles];

        UserInfo after = await zone.Admin.PatchUserAsync("ada", new PatchUser { Roles = [] }, Ct);
        while ((await there.GetCallerAsync(Ct)).Roles.Contains("site-admin"))
        {
            await Task.Delay(20, Ct);
        }

        Assert.Contains("site-admin", before);
        Assert.Equal(["user"], after.Roles);
    }

    [Fact]
    public async Task A_site_admin_of_a_site_sees_nothing_that_is_at_home_elsewhere()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        DatasetInfo scan = await zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        using HutchClient ada = zone.With((await zone.Admin.CreateUserAsync(
            new CreateUser { Name = "ada", Roles = ["site-admin@archive"] }, Ct)).Token!);
        using HutchClient there = archive.With(await TokenForAsync(ada, "archive"));
        await SiteServer.UntilKnownAsync(there);

        var seen = await Assert.ThrowsAsync<HutchException>(() => there.GetDatasetAsync(scan.Id, Ct));
        var deleted = await Assert.ThrowsAsync<HutchException>(() => there.DeleteDatasetAsync(scan.Id, Ct));

        Assert.Equal("not-found", seen.Error.Code.Name);
        Assert.Equal("not-found", deleted.Error.Code.Name);
        Assert.DoesNotContain("scan", seen.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auditor@archive", "counts in the whole zone")]
    [InlineData("operator@", "names no site")]
    [InlineData("operator@nowhere", "No site called 'nowhere'")]
    [InlineData("root@archive", "is not a role")]
    public async Task A_role_that_no_site_can_have_is_refused_in_words(string role, string words)
    {
        await using SiteServer zone = await SiteServer.StartAsync();

        var refused = await Assert.ThrowsAsync<HutchException>(
            () => zone.Admin.CreateUserAsync(new CreateUser { Name = "ada", Roles = [role] }, Ct));

        Assert.Contains(words, refused.Error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> TokenForAsync(HutchClient person, string site) =>
        (await person.CreateTokenAsync(new CreateToken { Site = site, Scopes = ["read", "write", "manage", "admin"] }, Ct)).Token!;
}
