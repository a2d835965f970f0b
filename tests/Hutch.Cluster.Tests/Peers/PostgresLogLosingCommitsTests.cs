using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>The log in PostgreSQL when the commit does not come there.</summary>
public sealed class PostgresLogLosingCommitsTests(PostgresServer server) : PostgresLogConformance(server)
{
    protected override void LoseTheNextAppend() =>
        Database.Proxy.Decide = static statement => statement == "COMMIT" ? Cut.Before : Cut.None;
}
