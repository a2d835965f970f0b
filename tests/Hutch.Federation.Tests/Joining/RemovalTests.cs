using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;

namespace Hutch.Federation.Tests.Joining;

/// <summary>What a site may do that was removed, or that lies.</summary>
public sealed class RemovalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removed_site_is_refused_on_the_connection_that_it_has()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive"));
        await site.JoinAsync();
        Assert.True((await site.BeatAsync()).IsOk);

        await zone.Admin.RemoveSiteAsync("archive", ct: Ct);
        Result<BeatAnswer> after = await site.BeatAsync();

        Assert.Equal("forbidden", after.Error!.Code.Name);
        Assert.Contains(site.Key, after.Error!.Message, StringComparison.Ordinal);
        Assert.Empty((await zone.Admin.GetSitesAsync(Ct)).Items);
    }

    [Fact]
    public async Task A_removed_site_cannot_come_back_with_its_old_token()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive"));
        await site.JoinAsync();

        await zone.Admin.RemoveSiteAsync("archive", ct: Ct);
        Result<JoinAnswer> again = await site.JoinAsync();

        Assert.Equal("forbidden", again.Error!.Code.Name);
    }

    [Fact]
    public async Task The_second_of_two_servers_with_one_key_is_refused_with_words_and_the_list_of_sites_names_it()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var site = new Intruder(await zone.InviteAsync("archive"));
        await site.JoinAsync();
        using SiteClient first = site.RunAs("first");
        using SiteClient second = site.RunAs("second");

        Assert.True((await Intruder.BeatAsync(first)).IsOk);
        await Intruder.BeatAsync(second);
        Assert.True((await Intruder.BeatAsync(first)).IsOk);
        Result<BeatAnswer> refused = await Intruder.BeatAsync(second);

        Assert.Equal(ErrorCode.Conflict, refused.Error?.Code);
        Assert.Contains("Another server runs with the key of the site archive", refused.Error!.Message, StringComparison.Ordinal);
        Assert.True((await Intruder.BeatAsync(first)).IsOk);
        ZoneSiteInfo shown = Assert.Single((await zone.Admin.GetSitesAsync(Ct)).Items);
        Assert.StartsWith("Two servers run with the key", shown.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_can_be_given_again_but_an_id_is_new()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var first = new Intruder(await zone.InviteAsync("archive"));
        string before = (await first.JoinAsync()).Value.SiteId;
        await zone.Admin.RemoveSiteAsync("archive", ct: Ct);
        using var second = new Intruder(await zone.InviteAsync("archive"));

        string after = (await second.JoinAsync()).Value.SiteId;

        Assert.NotEqual(before, after);
        Assert.Equal("forbidden", (await first.BeatAsync()).Error!.Code.Name);
    }

    [Fact]
    public async Task A_key_that_never_joined_gets_no_answer_to_a_beat()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var stranger = new Intruder(await zone.InviteAsync("archive"));

        Result<BeatAnswer> refused = await stranger.BeatAsync();

        Assert.Contains("was removed, or never joined", refused.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_site_says_of_its_release_cannot_write_to_a_terminal()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        using var liar = new Intruder(await zone.InviteAsync("archive"));
        await liar.JoinAsync();

        await liar.BeatAsync(release: "1.0\u001b[2J");

        Assert.Equal("unknown", (await zone.SiteAsync("archive")).Release);
    }

    [Fact]
    public async Task The_audit_names_the_key_that_joined_and_the_one_that_came_too_late()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        string token = await zone.InviteAsync("archive");
        using var first = new Intruder(token);
        using var second = new Intruder(token);
        await first.JoinAsync();
        await second.JoinAsync();

        List<AuditInfo> lines = await zone.Admin.ListAuditAsync(0, null, null, Ct).ToListAsync(Ct);

        Assert.Contains(lines, line => line.Action == "site.join" && line.Detail!.Contains(first.Key, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Action == "site.join-refused" && line.Detail!.Contains(second.Key, StringComparison.Ordinal));
    }
}
