using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Names;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Authorization;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedDatasetNamesTests() : DatasetNamesTests(null);

public abstract class DatasetNamesTests(PostgresServer? server) : OnBothEngines(server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reserving_the_same_name_for_the_same_dataset_again_gives_the_same_answer()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        var id = new DatasetId(Guid.NewGuid());

        NameRecord first = (await ReserveAsync(zone, ada, id, null, "data")).Value;
        NameRecord second = (await ReserveAsync(zone, ada, id, "ada", "data")).Value;

        Assert.Equal(first, second);
        Assert.Equal("ada/data", first.FullName);
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.DatasetAsync(bob, "data");

        HutchError? taken = (await ReserveAsync(zone, ada, new DatasetId(Guid.NewGuid()), null, "data")).Error;
        Assert.Equal(ErrorCode.AlreadyExists, taken?.Code);
        Assert.Equal("A dataset called ada/data exists already.", taken!.Message);
        HutchError? other = (await ReserveAsync(zone, ada, data.Dataset, null, "other")).Error;
        Assert.Contains("is called ada/data already; rename it instead.", other?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_one_of_many_concurrent_reservations_of_a_name_succeeds()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");

        Result<NameRecord>[] results = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => ReserveAsync(zone, ada, new DatasetId(Guid.NewGuid()), null, "data"), Ct)));

        Assert.Single(results, r => r.IsOk);
    }

    [Fact]
    public async Task Users_cannot_create_datasets_for_other_owners()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        await zone.UserAsync("bob");
        var id = new DatasetId(Guid.NewGuid());

        Assert.Equal(ErrorCode.Forbidden, (await ReserveAsync(zone, ada, id, "bob", "data")).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await ReserveAsync(zone, ada, id, "none", "data")).Error?.Code);
        Assert.Equal(ErrorCode.Unauthenticated, (await ReserveAsync(zone, Caller.Anonymous, id, null, "data")).Error?.Code);
    }

    [Fact]
    public async Task Reserving_the_dataset_id_of_another_owner_reveals_nothing()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord secret = await zone.DatasetAsync(ada, "secret-project");

        HutchError? error = (await ReserveAsync(zone, bob, secret.Dataset, null, "data")).Error;

        Assert.Equal(ErrorCode.AlreadyExists, error?.Code);
        Assert.DoesNotContain("secret-project", error!.Message, StringComparison.Ordinal);
        Assert.Null(error.Details);
    }

    [Fact]
    public async Task A_released_name_is_free_and_its_rights_and_links_are_forgotten()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Read, null, Ct);
        string link = (await zone.Services.Sharing.CreateLinkAsync(ada, data.Dataset, Rights.Read, null, Ct)).Value.Secret.Reveal();

        Assert.True(await zone.Services.Names.ReleaseAsync(AuditActor.Server, data.Dataset, "purged", Ct));
        Assert.False(await zone.Services.Names.ReleaseAsync(AuditActor.Server, data.Dataset, "purged", Ct));

        Assert.False((await zone.MayAsync(bob, data, Operation.DatasetView)).IsOk);
        Assert.False((await zone.TryLogInAsync(link)).IsOk);
        await zone.DatasetAsync(ada, "data");
    }

    [Fact]
    public async Task A_slug_means_ones_own_dataset_then_the_only_shared_one()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        Caller cyd = await zone.UserAsync("cyd");
        NameRecord adas = await zone.DatasetAsync(ada, "data");
        NameRecord bobs = await zone.DatasetAsync(bob, "data");
        Assert.Equal("There is no dataset 'data' that you can see.", (await ResolveAsync(zone, cyd, "data")).Error?.Message);

        await zone.Services.Sharing.GrantAsync(bob, bobs.Dataset, PrincipalKind.User, "cyd", Rights.View, null, Ct);
        Assert.Equal(bobs.Dataset, (await ResolveAsync(zone, cyd, "data")).Value.Dataset.Dataset);

        await zone.Services.Sharing.GrantAsync(ada, adas.Dataset, PrincipalKind.User, "cyd", Rights.View, null, Ct);
        HutchError? several = (await ResolveAsync(zone, cyd, "data")).Error;
        Assert.Equal(ErrorCode.Conflict, several?.Code);
        Assert.Equal("Several datasets called 'data' are shared with you. Give the owner too: ada/data, bob/data.", several!.Message);

        Assert.Equal(adas.Dataset, (await ResolveAsync(zone, cyd, "ada/data")).Value.Dataset.Dataset);
        Assert.Equal(adas.Dataset, (await ResolveAsync(zone, cyd, adas.Dataset.ToString())).Value.Dataset.Dataset);
        Assert.Equal(adas.Dataset, (await ResolveAsync(zone, ada, "data")).Value.Dataset.Dataset);
    }

    [Fact]
    public async Task A_slug_means_what_one_may_write_before_what_one_may_read_and_two_in_one_step_are_refused()
    {
        await using TestZone zone = await OpenAsync();
        Caller[] owners = [await zone.UserAsync("ada"), await zone.UserAsync("bob"), await zone.UserAsync("cyd"), await zone.UserAsync("dan")];
        Caller eve = await zone.UserAsync("eve");
        NameRecord[] data = [.. await Task.WhenAll(owners.Select(owner => zone.DatasetAsync(owner, "data")))];
        Task GiveAsync(int index, Rights right) => zone.Services.Sharing.GrantAsync(
            owners[index], data[index].Dataset, PrincipalKind.User, "eve", right, null, Ct).AsTask();

        await GiveAsync(0, Rights.Read);
        await GiveAsync(1, Rights.Write);
        Assert.Equal("bob/data", (await ResolveAsync(zone, eve, "data")).Value.Dataset.FullName);

        await GiveAsync(2, Rights.Manage);
        HutchError? several = (await ResolveAsync(zone, eve, "data")).Error;
        Assert.Equal("Several datasets called 'data' are shared with you. Give the owner too: bob/data, cyd/data.", several?.Message);
        Assert.Equal("bob/data, cyd/data", several!.Details!["candidates"]);

        await zone.DatasetAsync(eve, "data");
        Assert.Equal("eve/data", (await ResolveAsync(zone, eve, "data")).Value.Dataset.FullName);
    }

    [Fact]
    public async Task A_dataset_of_ones_group_is_one_to_write_and_not_ones_own()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        await zone.Groups.CreateAsync(ada, "lab", null, Ct);
        ada = await zone.NowAsync(ada);
        await zone.DatasetAsync(ada, "data", group: "lab");
        Assert.Equal("lab/data", (await ResolveAsync(zone, ada, "data")).Value.Dataset.FullName);

        NameRecord bobs = await zone.DatasetAsync(bob, "data");
        await zone.Services.Sharing.GrantAsync(bob, bobs.Dataset, PrincipalKind.User, "ada", Rights.Write, null, Ct);

        Assert.EndsWith("bob/data, lab/data.", (await ResolveAsync(zone, ada, "data")).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slug_alone_never_resolves_to_a_dataset_that_is_only_public_or_visible_through_a_role()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.DatasetAsync(ada, "hidden");
        await zone.Services.Sharing.SetVisibilityAsync(ada, data.Dataset, Visibility.Public, Ct);

        foreach (Caller caller in (Caller[])[bob, Caller.Anonymous, await zone.AdminAsync()])
        {
            HutchError? error = (await ResolveAsync(zone, caller, "data")).Error;
            Assert.Equal(ErrorCode.NotFound, error?.Code);
            Assert.Equal(
                "None of your datasets, nor any that is shared with you, is called 'data'. For a public one, give its owner too: ada/data.",
                error!.Message);
            Assert.Equal(data.Dataset, (await ResolveAsync(zone, caller, "ada/data")).Value.Dataset.Dataset);
        }

        Assert.Equal("There is no dataset 'hidden' that you can see.", (await ResolveAsync(zone, await zone.AdminAsync(), "hidden")).Error?.Message);
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.View, null, Ct);
        Assert.Equal(data.Dataset, (await ResolveAsync(zone, bob, "data")).Value.Dataset.Dataset);
    }

    [Fact]
    public async Task A_share_link_may_name_its_dataset_by_its_slug()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.DatasetAsync(ada, "other");
        string link = (await zone.Services.Sharing.CreateLinkAsync(ada, data.Dataset, Rights.Read, null, Ct)).Value.Secret.Reveal();
        Caller holder = await zone.LogInAsync(link);

        Assert.Equal(data.Dataset, (await ResolveAsync(zone, holder, "data")).Value.Dataset.Dataset);
        Assert.Equal(ErrorCode.NotFound, (await ResolveAsync(zone, holder, "other")).Error?.Code);
    }

    [Fact]
    public async Task A_name_that_is_hidden_and_one_that_is_not_there_look_the_same()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        await zone.DatasetAsync(ada, "data");

        Assert.Equal("There is no dataset 'ada/data' that you can see.", (await ResolveAsync(zone, bob, "ada/data")).Error?.Message);
        Assert.Equal("There is no dataset 'ada/none' that you can see.", (await ResolveAsync(zone, bob, "ada/none")).Error?.Message);
        Assert.Equal("There is no dataset 'none/data' that you can see.", (await ResolveAsync(zone, bob, "none/data")).Error?.Message);
        Assert.Equal((await ResolveAsync(zone, Caller.Anonymous, "ada/data")).Error, (await ResolveAsync(zone, Caller.Anonymous, "ada/none")).Error);
    }

    [Fact]
    public async Task Lists_contain_own_and_shared_datasets_and_public_ones_on_request()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        await zone.Groups.CreateAsync(ada, "lab", null, Ct);
        ada = await zone.NowAsync(ada);
        await zone.Groups.PutMemberAsync(ada, "lab", "bob", manager: false, Ct);
        bob = await zone.NowAsync(bob);
        await zone.DatasetAsync(ada, "hidden");
        NameRecord shared = await zone.DatasetAsync(ada, "shared");
        NameRecord later = await zone.DatasetAsync(ada, "later");
        NameRecord open = await zone.DatasetAsync(ada, "open");
        await zone.DatasetAsync(ada, "ours", group: "lab");
        await zone.DatasetAsync(bob, "mine");
        await zone.Services.Sharing.GrantAsync(ada, shared.Dataset, PrincipalKind.User, "bob", Rights.View, null, Ct);
        await zone.Services.Sharing.GrantAsync(ada, later.Dataset, PrincipalKind.User, "bob", Rights.View, zone.Time.GetUtcNow() + TimeSpan.FromDays(1), Ct);
        await zone.Services.Sharing.SetVisibilityAsync(ada, open.Dataset, Visibility.Public, Ct);

        Assert.Equal(["ada/shared", "bob/mine", "lab/ours"], await NamesAsync(zone, bob, new VisibleNamesFilter()));
        Assert.Equal(["ada/open", "ada/shared", "bob/mine", "lab/ours"], await NamesAsync(zone, bob, new VisibleNamesFilter { IncludePublic = true }));
        Assert.Equal(["ada/shared"], await NamesAsync(zone, bob, new VisibleNamesFilter { OnlyShared = true }));
        Assert.Equal(["lab/ours"], await NamesAsync(zone, bob, new VisibleNamesFilter { Owner = "lab" }));
        Assert.Equal(["bob/mine"], await NamesAsync(zone, bob, new VisibleNamesFilter { After = ("ada", "shared"), Limit = 1 }));
        Assert.Equal(["ada/open"], await NamesAsync(zone, Caller.Anonymous, new VisibleNamesFilter()));
        Assert.Equal(6, (await NamesAsync(zone, await zone.AdminAsync(), new VisibleNamesFilter { Everything = true })).Length);
        Assert.Equal(3, (await NamesAsync(zone, bob, new VisibleNamesFilter { Everything = true })).Length);
        zone.Time.Advance(TimeSpan.FromDays(1));
        Assert.Contains("ada/later", await NamesAsync(zone, bob, new VisibleNamesFilter()));
    }

    [Fact]
    public async Task A_list_holds_exactly_what_the_authorization_point_lets_the_caller_view()
    {
        await using TestZone zone = await OpenAsync();
        Caller[] users = [await zone.UserAsync("ada"), await zone.UserAsync("bob"), await zone.UserAsync("cyd")];
        await zone.Groups.CreateAsync(users[0], "lab", null, Ct);
        users[0] = await zone.NowAsync(users[0]);
        await zone.Groups.PutMemberAsync(users[0], "lab", "bob", manager: false, Ct);
        users[1] = await zone.NowAsync(users[1]);
        List<NameRecord> all = await ShareAtRandomAsync(zone, users, new Random(20261120));

        foreach (Caller user in users)
        {
            List<string> may = [];
            foreach (NameRecord data in all)
            {
                if ((await zone.MayAsync(user, data, Operation.DatasetView)).IsOk)
                {
                    may.Add(data.FullName);
                }
            }

            string[] listed = await NamesAsync(zone, user, new VisibleNamesFilter { IncludePublic = true });
            Assert.Equal(may.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
            Assert.InRange(listed.Length, 1, all.Count - 1);
        }
    }

    [Fact]
    public async Task A_restricted_token_lists_its_dataset_only()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.DatasetAsync(ada, "other");
        Caller restricted = await zone.TokenAsync(ada, new TokenRequest { Dataset = data.Dataset });

        Assert.Equal(["ada/data"], await NamesAsync(zone, restricted, new VisibleNamesFilter { IncludePublic = true }));
        Assert.Equal(ErrorCode.NotFound, (await ResolveAsync(zone, restricted, "other")).Error?.Code);
        Assert.Equal(ErrorCode.ScopeMissing, (await ReserveAsync(zone, restricted, new DatasetId(Guid.NewGuid()), null, "more")).Error?.Code);
    }

    [Fact]
    public async Task A_disabled_account_cannot_become_an_owner()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Accounts.ChangeUserAsync(await zone.AdminAsync(), "bob", new AccountPatch { Disabled = true }, Ct);

        Assert.Equal(
            "The account 'bob' is disabled and cannot become an owner.",
            (await zone.Services.Ownership.GiveAsync(ada, data.Dataset, AccountName.Parse("bob").Value, Ct)).Error?.Message);
    }

    [Fact]
    public async Task All_names_can_be_walked()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        for (int i = 0; i < 5; i++)
        {
            await zone.DatasetAsync(ada, $"data-{i}");
        }

        List<DatasetId> seen = [];
        while (await zone.Services.Names.ListAllAsync(seen.Count == 0 ? null : seen[^1], 2, Ct) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(n => n.Dataset));
        }

        Assert.Equal(5, seen.Distinct().Count());
    }

    private static async Task<List<NameRecord>> ShareAtRandomAsync(TestZone zone, Caller[] users, Random random)
    {
        List<NameRecord> all = [];
        for (int i = 0; i < 60; i++)
        {
            Caller owner = users[random.Next(3)];
            NameRecord data = await zone.DatasetAsync(owner, $"data-{i}", owner.Name == "ada" && random.Next(2) == 0 ? "lab" : null);
            all.Add(data);
            DateTimeOffset from = zone.Time.GetUtcNow() + TimeSpan.FromHours(random.Next(-2, 3));
            if (random.Next(3) == 0)
            {
                string who = users[random.Next(3)].Name;
                await zone.Services.Sharing.GrantAsync(owner, data.Dataset, PrincipalKind.User, who, RightsExtensions.Ladder[random.Next(5)], from, Ct);
            }

            if (random.Next(4) == 0)
            {
                await zone.Services.Sharing.GrantAsync(owner, data.Dataset, PrincipalKind.Group, "lab", Rights.Read, null, Ct);
            }

            if (random.Next(4) == 0)
            {
                await zone.Services.Sharing.SetVisibilityAsync(owner, data.Dataset, new Visibility(RightsExtensions.Ladder[random.Next(3)], from), Ct);
            }
        }

        return all;
    }

    private static Task<Result<NameRecord>> ReserveAsync(TestZone zone, Caller caller, DatasetId id, string? owner, string slug)
    {
        AccountName? name = owner is null ? null : AccountName.Parse(owner).Value;
        return zone.Services.Names.ReserveAsync(caller, id, name, Slug.Parse(slug).Value, Ct).AsTask();
    }

    private static Task<Result<Access>> ResolveAsync(TestZone zone, Caller caller, string text) =>
        zone.Services.Names.ResolveAsync(caller, DatasetRef.Parse(text).Value, Ct).AsTask();

    private static async Task<string[]> NamesAsync(TestZone zone, Caller caller, VisibleNamesFilter filter) =>
        [.. (await zone.Services.Names.ListAsync(caller, filter, Ct)).Value.Select(n => n.FullName)];
}
