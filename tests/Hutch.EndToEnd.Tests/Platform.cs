using System.Runtime.Versioning;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.EndToEnd.Tests.Scenarios;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;

[assembly: SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(CephStore))]
[assembly: AssemblyFixture(typeof(SharedServer))]
[assembly: AssemblyFixture(typeof(ProgramServer))]
