using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Authorization;
using Hutch.Zone.Grants;
using Hutch.Zone.Limits;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Grants;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedAccessRequestsTests() : AccessRequestsTests(null);

public abstract class AccessRequestsTests(PostgresServer? server) : OnBothEngines(server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_denial_is_over_after_a_week_and_a_request_without_an_answer_after_90_days()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob, NameRecord data) = await SharedAsync(zone);
        AccessRequests requests = zone.Services.AccessRequests;
        Assert.True((await requests.RequestAsync(bob, data.Dataset, "Please.", Ct)).IsOk);
        Assert.True((await requests.DenyAsync(ada, data.Dataset, "bob", Ct)).IsOk);
        Assert.Equal(ErrorCode.Conflict, (await requests.RequestAsync(bob, data.Dataset, "Now?", Ct)).Error?.Code);

        zone.Time.Advance(AccessRequests.WaitAfterDenial);

        Assert.Empty((await requests.ListOwnAsync(bob, Ct)).Value);
        Assert.True((await requests.RequestAsync(bob, data.Dataset, "And now?", Ct)).IsOk);
        Assert.Equal("And now?", Assert.Single((await requests.ListReceivedAsync(ada, Ct)).Value).Request.Text);

        zone.Time.Advance(AccessRequests.Life);

        Assert.Empty((await requests.ListReceivedAsync(ada, Ct)).Value);
        Assert.Empty((await requests.ListAsync(ada, data.Dataset, Ct)).Value);
        Assert.Empty((await requests.ListOwnAsync(bob, Ct)).Value);
        Assert.Equal(ErrorCode.NotFound, (await requests.GrantAsync(ada, data.Dataset, "bob", Rights.Read, Ct)).Error?.Code);
        Assert.True((await requests.RequestAsync(bob, data.Dataset, "Once more.", Ct)).IsOk);
    }

    [Fact]
    public async Task The_name_of_a_dataset_is_released_despite_open_and_denied_access_requests()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob, NameRecord data) = await SharedAsync(zone);
        Caller eve = await zone.UserAsync("eve");
        await ShareAsync(zone, ada, data, "eve");
        Assert.True((await zone.Services.AccessRequests.RequestAsync(bob, data.Dataset, "", Ct)).IsOk);
        Assert.True((await zone.Services.AccessRequests.RequestAsync(eve, data.Dataset, "", Ct)).IsOk);
        Assert.True((await zone.Services.AccessRequests.DenyAsync(ada, data.Dataset, "eve", Ct)).IsOk);

        Assert.True(await zone.Services.Names.ReleaseAsync(ada.Actor, data.Dataset, "purged", Ct));

        Assert.Empty((await zone.Services.AccessRequests.ListOwnAsync(eve, Ct)).Value);
    }

    [Fact]
    public async Task The_number_of_access_requests_of_a_user_is_limited_and_a_withdrawal_allows_another_request()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob, NameRecord first) = await SharedAsync(zone);
        AccessRequests requests = zone.Services.AccessRequests;
        Assert.True((await requests.RequestAsync(bob, first.Dataset, "", Ct)).IsOk);
        for (int i = 1; i < AccountLimits.MaxRequestsPerUser; i++)
        {
            NameRecord more = await zone.DatasetAsync(ada, $"more-{i}");
            await ShareAsync(zone, ada, more, "bob");
            Assert.True((await requests.RequestAsync(bob, more.Dataset, "", Ct)).IsOk);
        }

        NameRecord last = await zone.DatasetAsync(ada, "last");
        await ShareAsync(zone, ada, last, "bob");

        Assert.Equal(ErrorCode.TooLarge, (await requests.RequestAsync(bob, last.Dataset, "", Ct)).Error?.Code);
        Assert.True((await requests.RequestAsync(bob, first.Dataset, "Another text.", Ct)).IsOk);
        Assert.True((await requests.WithdrawAsync(bob, first.Dataset, Ct)).IsOk);
        Assert.True((await requests.RequestAsync(bob, last.Dataset, "", Ct)).IsOk);
    }

    [Fact]
    public async Task Repeated_access_requests_and_withdrawals_are_limited_per_day()
    {
        await using TestZone zone = await OpenAsync();
        (_, Caller bob, NameRecord data) = await SharedAsync(zone);
        AccessRequests requests = zone.Services.AccessRequests;
        for (int i = 0; i < AccountLimits.MaxRequestChangesPerDay / 2; i++)
        {
            Assert.True((await requests.RequestAsync(bob, data.Dataset, "", Ct)).IsOk);
            Assert.True((await requests.WithdrawAsync(bob, data.Dataset, Ct)).IsOk);
        }

        Assert.Equal(ErrorCode.TooManyRequests, (await requests.RequestAsync(bob, data.Dataset, "", Ct)).Error?.Code);
        zone.Time.Advance(TimeSpan.FromDays(1));
        Assert.True((await requests.RequestAsync(bob, data.Dataset, "", Ct)).IsOk);
    }

    [Fact]
    public async Task A_manager_of_a_group_that_owns_or_manages_the_dataset_answers_and_a_plain_member_of_the_owner_does_not_see_it()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        Caller cleo = await zone.UserAsync("cleo");
        Assert.True((await zone.Groups.CreateAsync(ada, "lab", null, Ct)).IsOk);
        Assert.True((await zone.Groups.PutMemberAsync(await zone.NowAsync(ada), "lab", "cleo", false, Ct)).IsOk);
        NameRecord data = await zone.DatasetAsync(await zone.NowAsync(ada), "data", "lab");
        await ShareAsync(zone, await zone.NowAsync(ada), data, "bob");

        Assert.True((await zone.Services.AccessRequests.RequestAsync(bob, data.Dataset, "Please.", Ct)).IsOk);

        Assert.Single((await zone.Services.AccessRequests.ListReceivedAsync(await zone.NowAsync(ada), Ct)).Value);
        Assert.Empty((await zone.Services.AccessRequests.ListReceivedAsync(await zone.NowAsync(cleo), Ct)).Value);
        Assert.False((await zone.Services.AccessRequests.ListAsync(await zone.NowAsync(cleo), data.Dataset, Ct)).IsOk);
    }

    /// <summary>A dataset of ada's that bob may see.</summary>
    private static async Task<(Caller Ada, Caller Bob, NameRecord Data)> SharedAsync(TestZone zone)
    {
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await ShareAsync(zone, ada, data, "bob");
        return (ada, bob, data);
    }

    private static async Task ShareAsync(TestZone zone, Caller owner, NameRecord data, string user) =>
        _ = (await zone.Services.Sharing.GrantAsync(owner, data.Dataset, PrincipalKind.User, user, Rights.View, null, Ct)).Value;
}
