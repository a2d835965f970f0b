using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;
using Hutch.Site.Tests.Engines;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>The log in PostgreSQL, behind a proxy that loses answers.</summary>
public abstract class PostgresLogConformance(PostgresServer server) : SiteLogConformance, IAsyncLifetime
{
    private PostgresLog _log = null!;
    private ObjectBytes _bytes = null!;

    internal TestDatabase Database { get; private set; } = null!;

    internal override ISiteLog Log => _log;

    internal override ISiteBytes Bytes => _bytes;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync(server, Ct);
        (_log, _bytes) = await Database.OpenAsync(Database.ThroughProxy);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Database.DisposeAsync();
    }

    protected override void FillUp() => Database.Run(
        """
        CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER no_space BEFORE INSERT ON site_log EXECUTE FUNCTION no_space();
        """);

    protected override void Mend()
    {
        Database.Proxy.Decide = static _ => Cut.None;
        Database.Run("DROP TRIGGER IF EXISTS no_space ON site_log");
    }
}
