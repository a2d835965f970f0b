using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Notifications are hints: a site in which every one of them is lost shows the same.</summary>
public sealed class LostNotificationTests(PostgresServer server) : IAsyncLifetime
{
    private readonly MemoryObjectStore _objects = new();
    private TestDatabase _database = null!;
    private TestServer _a = null!;
    private TestServer _b = null!;
    private DatasetId _dataset;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);

        // This function precedes PostgreSQL's own in the search path, and sends no notification.
        _database.Run(
            $"""
            CREATE TABLE lost (message text);
            CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE sql AS 'INSERT INTO public.lost VALUES ($2)';
            ALTER DATABASE {_database.Place.Address.Database} SET search_path = public, pg_catalog
            """);
        _a = await TestServer.OpenAsync(_database.Place, _objects);
        _b = await TestServer.OpenAsync(_database.Place, _objects);
        _dataset = (await _a.Site.CreateAsync("shared")).Id;
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Reads_show_at_once_what_another_server_acknowledged()
    {
        for (int i = 0; i < 20; i++)
        {
            Assert.True((await _a.Site.PutAsync(_dataset, "f", $"{i}")).IsOk);

            await _b.Site.Site.ReadIndex.AwaitAsync(Ct);

            Assert.Equal($"{i}", await _b.TextAsync(_dataset, "f"));
        }
    }

    [Fact]
    public async Task A_server_without_requests_catches_up_even_if_notifications_are_lost()
    {
        Assert.True((await _a.Site.PutAsync(_dataset, "f", "here")).IsOk);

        await _b.CaughtUpAsync(_database.Ask<long>("SELECT last_sequence FROM site_head"));

        Assert.Equal("here", await _b.TextAsync(_dataset, "f"));
        Assert.True(_database.Ask<long>("SELECT count(*) FROM lost") > 0, "notifications took another way");
    }
}
