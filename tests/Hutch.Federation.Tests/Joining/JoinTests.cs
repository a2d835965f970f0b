using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Joining;

/// <summary>Two real servers, one of which joins the zone of the other.</summary>
public sealed class JoinTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_joins_with_a_token_and_both_sides_call_it_connected()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", listens: false);
        InvitedSite invited = await zone.Admin.InviteSiteAsync(
            new InviteSite { Name = "archive", Labels = new Dictionary<string, string> { ["tier"] = "archive" } }, Ct);

        JoinedZoneInfo joined = await site.JoinAsync(zone, "archive", invited.Token);

        await zone.UntilAsync(sites => sites.Items[0].State == "connected");
        await site.UntilAsync(sites => sites.Here.Zone?.Connected == true);
        ZoneSiteInfo seen = await zone.SiteAsync("archive");
        SiteList there = await site.Admin.GetSitesAsync(Ct);
        Assert.Equal("archive", joined.SiteName);
        Assert.Equal("archive", seen.Labels["tier"]);
        Assert.Equal(there.Here.Key, seen.Key);
        Assert.Equal("archive", there.Here.Name);
        Assert.Equal((await zone.Admin.GetSitesAsync(Ct)).Here.Key, there.Here.Zone!.Key);
    }

    [Fact]
    public async Task Both_find_each_other_again_after_a_restart()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");

        await site.RestartAsync();

        await site.UntilAsync(sites => sites.Here.Zone?.Connected == true);
        await zone.UntilAsync(sites => sites.Items[0] is { State: "connected", Release: not null });
    }

    [Fact]
    public async Task A_join_token_admits_one_server_and_a_second_attempt_names_the_key_of_the_first()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        string token = await zone.InviteAsync("archive");
        using var thief = new Intruder(token);
        Assert.True((await thief.JoinAsync()).IsOk);

        HutchError refused = await site.RefusedAsync(token);

        Assert.Equal("forbidden", refused.Code.Name);
        Assert.Contains(thief.Key, refused.Message, StringComparison.Ordinal);
        Assert.Contains("hutch site remove archive", refused.Message, StringComparison.Ordinal);
        Assert.Null((await site.Admin.GetSitesAsync(Ct)).Here.Zone);
    }

    [Fact]
    public async Task A_repeated_join_request_of_the_same_server_gets_the_same_answer()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive"));

        string first = (await site.JoinAsync()).Value.SiteId;
        string second = (await site.JoinAsync()).Value.SiteId;

        Assert.Equal(first, second);
        Assert.Single((await zone.Admin.GetSitesAsync(Ct)).Items);
    }

    [Fact]
    public async Task A_token_for_one_key_is_worthless_with_another()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        string key = (await site.Admin.GetSitesAsync(Ct)).Here.Key;
        string token = await zone.InviteAsync("archive", key);
        using var thief = new Intruder(token);

        HutchError refused = (await thief.JoinAsync()).Error!;
        JoinedZoneInfo joined = await site.JoinAsync(zone, "archive", token);

        Assert.Contains($"is for the key {key}", refused.Message, StringComparison.Ordinal);
        Assert.Equal("archive", joined.SiteName);
    }

    [Fact]
    public async Task A_withdrawn_token_is_refused()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive"));
        await zone.Admin.RemoveSiteAsync("archive", ct: Ct);

        HutchError refused = (await site.JoinAsync()).Error!;

        Assert.Contains("was withdrawn at", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ended_token_is_refused()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive", seconds: 1));
        HutchError refused;
        do
        {
            // Asked with another clock, which is refused first and uses nothing up, until the time is over.
            refused = (await site.JoinAsync(clock: TimeSpan.FromHours(1))).Error!;
        }
        while ((await zone.Admin.GetSitesAsync(Ct)).Items.Count > 0);

        refused = (await site.JoinAsync()).Error!;

        Assert.Contains("was good until", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_token_get_the_same_words()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        string token = await zone.InviteAsync("archive");
        using var guesser = new Intruder(token);
        string credential = token[..token.LastIndexOf('@')][..^44];

        HutchError wrong = (await guesser.JoinAsync(credential: credential[..^2] + "AA")).Error!;
        HutchError unknown = (await guesser.JoinAsync(credential: credential.Replace(credential[27..43], new string('0', 16), StringComparison.Ordinal))).Error!;

        Assert.Equal("This zone does not know the join token.", wrong.Message);
        Assert.Equal(wrong.Message, unknown.Message);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_server_with_another_key_than_the_token_names()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer other = await SiteServer.StartAsync("other");
        await using SiteServer site = await SiteServer.StartAsync("new");
        string token = await zone.InviteAsync("archive");
        string redirected = token[..token.IndexOf('@')] + (await other.InviteAsync("any"))[token.IndexOf('@')..];

        HutchError refused = await site.RefusedAsync(redirected);
        JoinedZoneInfo joined = await site.JoinAsync(zone, "archive", token);

        Assert.Contains("Nothing was sent to it.", refused.Message, StringComparison.Ordinal);
        Assert.Equal("archive", joined.SiteName);
    }

    [Fact]
    public async Task A_clock_that_is_off_by_an_hour_is_refused_and_the_token_stays_good()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer late = await SiteServer.StartAsync("late", new ShiftedTime { Ahead = TimeSpan.FromHours(-1) });
        await using SiteServer right = await SiteServer.StartAsync("right");
        string token = await zone.InviteAsync("archive");

        HutchError refused = await late.RefusedAsync(token);
        JoinedZoneInfo joined = await right.JoinAsync(zone, "archive", token);

        Assert.Contains("60 minutes behind the zone's", refused.Message, StringComparison.Ordinal);
        Assert.Contains("NTP", refused.Code.Advice, StringComparison.Ordinal);
        Assert.Equal("archive", joined.SiteName);
    }

    [Fact]
    public async Task Two_sites_cannot_have_one_name()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var first = new Intruder(await zone.InviteAsync("archive"));

        var invited = await Assert.ThrowsAsync<HutchException>(() => zone.InviteAsync("archive"));
        await first.JoinAsync();
        var joined = await Assert.ThrowsAsync<HutchException>(() => zone.InviteAsync("archive"));
        var own = await Assert.ThrowsAsync<HutchException>(() => zone.InviteAsync("facility"));

        Assert.Contains("already invited", invited.Error.Message, StringComparison.Ordinal);
        Assert.Contains("There is a site archive", joined.Error.Message, StringComparison.Ordinal);
        Assert.Contains("There is a site facility", own.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_with_accounts_or_data_of_its_own_is_refused_before_the_token_is_used()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer people = await SiteServer.StartAsync("people");
        await using SiteServer data = await SiteServer.StartAsync("data");
        await people.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct);
        await data.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        string token = await zone.InviteAsync("archive");

        HutchError hasPeople = await people.RefusedAsync(token);
        HutchError hasData = await data.RefusedAsync(token);

        Assert.Contains("accounts or groups of its own", hasPeople.Message, StringComparison.Ordinal);
        Assert.Contains("datasets of its own", hasData.Message, StringComparison.Ordinal);
        Assert.Equal("invited", (await zone.SiteAsync("archive")).State);
    }

    [Fact]
    public async Task A_site_joins_one_zone_only_and_a_zone_none()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await using SiteServer other = await SiteServer.StartAsync("other");
        await site.JoinAsync(zone, "archive");

        HutchError twice = await site.RefusedAsync(await other.InviteAsync("archive"));
        HutchError zoneItself = await zone.RefusedAsync(await other.InviteAsync("more"));
        var invites = await Assert.ThrowsAsync<HutchException>(() => site.InviteAsync("third"));

        Assert.Contains("has joined the zone at", twice.Message, StringComparison.Ordinal);
        Assert.Contains("is a zone that other sites have joined", zoneItself.Message, StringComparison.Ordinal);
        Assert.Contains("is a site itself", invites.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zone_without_a_door_says_which_option_opens_it()
    {
        await using SiteServer zone = await SiteServer.StartAsync(listens: false);

        var refused = await Assert.ThrowsAsync<HutchException>(() => zone.InviteAsync("archive"));

        Assert.Contains("sites.listen", refused.Error!.Code.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hutchjoin_0123456789abcdef")]
    [InlineData("hutch_0123456789abcdef_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Text_that_is_not_a_join_token_is_refused_and_not_repeated_in_the_message(string text)
    {
        await using SiteServer site = await SiteServer.StartAsync();

        HutchError refused = await site.RefusedAsync(text);

        Assert.StartsWith("This is not a join token", refused.Message, StringComparison.Ordinal);
    }
}
