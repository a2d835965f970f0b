using System.Runtime.Versioning;
using Hutch.Portal.Tests.Support;

[assembly: SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(Browser))]
// Each browser takes a processor; the suite runs two projects at a time.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
