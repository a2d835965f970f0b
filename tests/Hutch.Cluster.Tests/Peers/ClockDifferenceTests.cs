using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;
using Hutch.Site.Life.Maintenance;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>The clocks of a server and of PostgreSQL's machine differ: records have PostgreSQL's time, and somebody is told.</summary>
public sealed class ClockDifferenceTests(PostgresServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(120, "ahead of")]
    [InlineData(-120, "behind")]
    public async Task A_server_warns_while_its_clock_is_wrong_and_records_have_the_time_of_PostgreSQL(int seconds, string where)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(server, Ct);
        await using TestServer wrong = await TestServer.OpenAsync(database.Place, new MemoryObjectStore());
        Assert.Null(await WarningAsync(wrong));

        wrong.Site.Time.Jump(TimeSpan.FromSeconds(seconds));
        SiteWarning warning = await UntilAsync(wrong, static found => found is not null);
        await wrong.Site.CreateAsync("now");
        wrong.Site.Time.Jump(TimeSpan.FromSeconds(-seconds));
        await UntilAsync(wrong, static found => found is null);

        Assert.Contains($"{where} PostgreSQL's", warning.Message, StringComparison.Ordinal);
        Assert.Contains("NTP", warning.Advice, StringComparison.Ordinal);
        Assert.True(database.Ask<bool>("SELECT abs(extract(epoch FROM clock_timestamp()) * 1000 - time_ms) < 60000 FROM site_head"));
    }

    private static async Task<SiteWarning> UntilAsync(TestServer server, Predicate<SiteWarning?> isSo)
    {
        while (true)
        {
            SiteWarning? found = await WarningAsync(server);
            if (isSo(found))
            {
                return found!;
            }

            await Task.Delay(20, Ct);
        }
    }

    private static async Task<SiteWarning?> WarningAsync(TestServer server) =>
        (await server.Site.Site.Warnings.ReadAsync(Ct)).FirstOrDefault(static warning => warning.Kind == "clock-differs");
}
