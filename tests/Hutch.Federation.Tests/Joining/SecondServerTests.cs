using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Joining;

/// <summary>Two servers run with the key of one site, as after a copy of its data folder (C10).</summary>
public sealed class SecondServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_second_is_refused_for_reads_too_and_both_operators_are_warned()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new", listens: false);
        string token = await zone.InviteAsync("archive");
        await site.JoinAsync(zone, "archive", token);
        var dataset = new DatasetId(Guid.NewGuid());
        using var copy = new Intruder(token, site.KeyFile, run: "the copy");

        HutchError before = (await copy.AskHistoryAsync(dataset)).Error!;
        HutchError refused;
        do
        {
            await Task.Delay(50, Ct);
            refused = (await copy.AskHistoryAsync(dataset)).Error!;
        }
        while (refused.Code.Name != ErrorCode.Conflict.Name);

        HutchError pages = (await copy.AskPagesAsync(dataset, [])).Error!;
        HutchError beat = (await copy.BeatAsync()).Error!;
        await WarnedAsync(zone);
        await WarnedAsync(site);
        await zone.UntilAsync(static sites => sites.Items is [{ State: "connected", Problem: not null }]);

        Assert.Equal(ErrorCode.NotFound.Name, before.Code.Name);
        Assert.Contains("Another server runs with the key of the site archive", refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Message, pages.Message);
        Assert.Equal(refused.Message, beat.Message);
    }

    private static async Task WarnedAsync(SiteServer server)
    {
        while (!(await server.Site.Warnings.ReadAsync(Ct)).Any(static one => one.Kind == "site-second-server"))
        {
            await Task.Delay(20, Ct);
        }
    }
}
