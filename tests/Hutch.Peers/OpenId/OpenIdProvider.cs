using System.Runtime.CompilerServices;

namespace Hutch.Peers.OpenId;

/// <summary>A real OpenID provider (npm oidc-provider), whose clients differ in the algorithm of their tokens.</summary>
public sealed class OpenIdProvider() : Peer("node", Script(), Portal + "/api/v1/login/oidc/callback")
{
    /// <summary>Under which address the provider knows the server: registered before the server has a port.</summary>
    public const string Portal = "http://hutch.test";

    /// <summary>What all clients prove themselves with.</summary>
    public const string Secret = "a secret with & and +";

    /// <summary>Where it is.</summary>
    public Task<string> IssuerAsync() => SaidAsync();

    /// <summary>The client whose tokens are signed with this algorithm: RS256 or ES256.</summary>
    public static string Client(string algorithm) => "hutch-" + algorithm;

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "provider.mjs");
}
