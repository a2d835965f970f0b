using Hutch.Catalog.Postgres;
using Hutch.Peers.Postgres;
using Hutch.Site.Write.Heads;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Support;

/// <summary>Two servers of one site, each with records of its own in a folder of its own, over one PostgreSQL and one bucket.</summary>
public abstract class TwoServerTests(PostgresServer postgres) : IAsyncLifetime
{
    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected MemoryObjectStore Objects { get; } = new();

    private protected TestDatabase Database { get; private set; } = null!;

    private protected TestServer A { get; private set; } = null!;

    private protected TestServer B { get; private set; } = null!;

    /// <summary>How the first one reaches PostgreSQL.</summary>
    private protected virtual PostgresDatabase PlaceOfA => Database.Place;

    /// <summary>How the second one reaches PostgreSQL.</summary>
    private protected virtual PostgresDatabase PlaceOfB => Database.Place;

    /// <summary>What both are opened with.</summary>
    private protected virtual ClusterOptions Options => TestServer.Options();

    /// <summary>When both fold.</summary>
    private protected virtual CompactionOptions? Fold => null;

    public virtual async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync(postgres, Ct);
        A = await TestServer.OpenAsync(PlaceOfA, Objects, Options, Fold);
        B = await TestServer.OpenAsync(PlaceOfB, Objects, Options, Fold);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await A.DisposeAsync();
        await B.DisposeAsync();
        await Database.DisposeAsync();
    }
}
