using Hutch.Model;

namespace Hutch.Client.Configuration;

/// <summary>
/// Which server is meant and with which token: argument, then environment, then working directory, then user configuration.
/// </summary>
/// <param name="Remote">The server.</param>
/// <param name="Token">The token; null when none is known.</param>
/// <param name="Trust">Whom to trust there; null for the authorities that this machine knows.</param>
public sealed record Connection(Uri Remote, string? Token, ServerTrust? Trust = null)
{
    /// <summary>Environment variable that names a PEM file with the authority that vouches for the server.</summary>
    public const string CaVariable = "HUTCH_CA";

    /// <summary>Environment variable that names a server.</summary>
    public const string RemoteVariable = "HUTCH_REMOTE";

    /// <summary>Environment variable that holds a token.</summary>
    public const string TokenVariable = "HUTCH_TOKEN";

    /// <summary>The server to use if nothing else is configured: one on this machine.</summary>
    public const string DefaultRemote = "http://127.0.0.1:8470";

    /// <summary>Finds the server and the token.</summary>
    /// <param name="remoteArgument">What <c>--remote</c> said.</param>
    /// <param name="tokenArgument">What <c>--token</c> said.</param>
    /// <param name="workspaceRemote">The server of the working directory.</param>
    /// <param name="user">The user's configuration.</param>
    /// <param name="environment">The environment.</param>
    public static Result<Connection> Find(
        string? remoteArgument, string? tokenArgument, string? workspaceRemote, UserConfig user, Func<string, string?> environment)
    {
        string remote = First(remoteArgument, environment(RemoteVariable), workspaceRemote, user.Default) ?? DefaultRemote;
        if (!RemoteAddress.Parse(remote).TryGet(out Uri? uri, out HutchError? error))
        {
            return error;
        }

        RemoteConfig? known = user.Remotes.GetValueOrDefault(RemoteAddress.Key(uri));
        string? ca = First(environment(CaVariable), known?.Ca);
        ServerTrust? trust = ca is null && known?.Fingerprint is null ? null : new ServerTrust(ca, known?.Fingerprint);
        return new Connection(uri, First(tokenArgument, environment(TokenVariable), known?.Token), trust);
    }

    private static string? First(params ReadOnlySpan<string?> candidates)
    {
        foreach (string? candidate in candidates)
        {
            if (!string.IsNullOrWhiteSpace(candidate))
            {
                return candidate.Trim();
            }
        }

        return null;
    }
}
