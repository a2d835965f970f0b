using Hutch.Peers.Postgres;
using Hutch.Testing.Clocks;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests;

/// <summary>Tests that run once with the zone in <c>zone.db</c> and once with it in PostgreSQL: a class that is made for each.</summary>
/// <param name="server">The PostgreSQL server, where each zone has a database of its own; null for <c>zone.db</c>.</param>
public abstract class OnBothEngines(PostgresServer? server)
{
    private protected async Task<TestZone> OpenAsync(ZoneOptions? options = null, ManualTime? clock = null) => await TestZone.OpenAsync(
        options, clock, server is null ? null : await server.CreateDatabaseAsync(TestContext.Current.CancellationToken));
}
