using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>The log in PostgreSQL when the commit takes place and its answer is lost.</summary>
public sealed class PostgresLogLosingAnswersTests(PostgresServer server) : PostgresLogConformance(server)
{
    protected override void LoseTheNextAppend() =>
        Database.Proxy.Decide = static statement => statement == "COMMIT" ? Cut.After : Cut.None;
}
