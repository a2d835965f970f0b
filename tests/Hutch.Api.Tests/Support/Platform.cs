using System.Runtime.Versioning;
using Hutch.Peers.OpenId;

[assembly: SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(OpenIdProvider))]
