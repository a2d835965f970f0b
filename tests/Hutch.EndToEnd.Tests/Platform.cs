using System.Runtime.Versioning;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;

[assembly: SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(CephStore))]
