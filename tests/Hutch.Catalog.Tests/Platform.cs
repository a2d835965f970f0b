using Hutch.Peers.Postgres;

[assembly: AssemblyFixture(typeof(PostgresServer))]
