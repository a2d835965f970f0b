using Hutch.Catalog.Postgres;
using Hutch.Cluster.Engine;
using Hutch.Engines.Tests;
using Hutch.Server;

namespace Hutch.Federation.Tests.Support;

/// <summary>On which engine the servers of a zone run here: zones and sites alike have log and accounts in PostgreSQL, the bytes in a bucket.</summary>
internal static class ServerEngine
{
    public static async ValueTask<ServeOptions> GiveAsync(ServeOptions options)
    {
        (PostgresDatabase records, ClusterEngineFactory engine) = await SharedEngines.MakeAsync(isZone: true);
        return options with { Zone = options.Zone with { Postgres = records }, Site = options.Site with { Engine = engine } };
    }
}
