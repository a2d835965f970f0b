using System.Runtime.Versioning;
using Hutch.Peers.OpenId;
using Hutch.Portal.Tests.Support;

[assembly: SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(Browser))]
[assembly: AssemblyFixture(typeof(OpenIdProvider))]
// Each browser takes a processor; the suite runs two projects at a time.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
