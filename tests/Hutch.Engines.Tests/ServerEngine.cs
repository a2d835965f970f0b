using Hutch.Catalog.Postgres;
using Hutch.Cluster.Engine;
using Hutch.Engines.Tests;
using Hutch.Server;

namespace Hutch.Api.Tests.Support;

/// <summary>On which engine the tests of the doors run here: log and zone in PostgreSQL, the bytes in a bucket.</summary>
internal static class ServerEngine
{
    public static async ValueTask<ServeOptions> GiveAsync(ServeOptions options)
    {
        (PostgresDatabase records, ClusterEngineFactory engine) = await SharedEngines.MakeAsync();
        return options with { Zone = options.Zone with { Postgres = records }, Site = options.Site with { Engine = engine } };
    }

    /// <summary>Puts the clock of the log forward, which is PostgreSQL's.</summary>
    public static ValueTask PassAsync(ServeOptions options, TimeSpan by) =>
        SharedEngines.PassAsync((ClusterEngineFactory)options.Site.Engine!, by);
}
