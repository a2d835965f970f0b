using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(CephStore))]
