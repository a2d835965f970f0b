namespace Hutch.Client.Configuration;

/// <summary>
/// Finds the server and the token: argument, then environment, then working directory, then user configuration.
/// </summary>
/// <param name="Trust">Whom to trust there; null for the authorities that this machine knows.</param>
/// <param name="NewZone">
/// The zone of the token, when it is not yet kept that this address is one of the zone's; empty for a token without.
/// </param>
public sealed record Connection(Uri Remote, string? Token, ServerTrust? Trust = null, string? NewZone = null)
{
    /// <summary>True without a token of its own there, if another login may be at its zone and give one, or renew it.</summary>
    public bool UsesZoneLogin { get; init; }

    /// <summary>True if no server was named: the local machine is tried, because a server may run there.</summary>
    public bool IsGuess { get; init; }

    /// <summary>Environment variable that names a PEM file with the authority that vouches for the server.</summary>
    public const string CaVariable = "HUTCH_CA";

    public const string RemoteVariable = "HUTCH_REMOTE";

    public const string TokenVariable = "HUTCH_TOKEN";

    /// <summary>The server to use if nothing else is configured: one on this machine.</summary>
    public const string DefaultRemote = "http://127.0.0.1:8470";

    public static Result<Connection> Find(
        string? remoteArgument, string? tokenArgument, string? workspaceRemote, UserConfig user, Func<string, string?> environment)
    {
        string? named = First(remoteArgument, environment(RemoteVariable));
        string remote = First(named, workspaceRemote, user.Default) ?? DefaultRemote;
        if (!RemoteAddress.Parse(remote).TryGet(out Uri? uri, out HutchError? error))
        {
            return error;
        }

        string key = RemoteAddress.Key(uri);
        RemoteConfig? known = user.Remotes.GetValueOrDefault(key);
        string? ca = First(environment(CaVariable), known?.Ca);
        ServerTrust? trust = ca is null && known?.Fingerprint is null ? null : new ServerTrust(ca, known?.Fingerprint);
        if (First(tokenArgument, environment(TokenVariable)) is not { } carried)
        {
            return new Connection(uri, First(known?.Token), trust)
            {
                UsesZoneLogin = known?.IsZoneLogin != true && user.Remotes.Any(one => one.Key != key && one.Value.IsZoneLogin),
                IsGuess = First(named, workspaceRemote, user.Default) is null,
            };
        }

        // A token in the environment goes only to the server that the user chose: a working directory may come from anyone.
        string zone = TokenText.ZoneOf(carried).ToString();
        bool isOfZone = known is not null && (known.Zone ?? "") == zone;
        if (known?.Zone is { } other && zone.Length > 0 && other != zone)
        {
            return (ErrorCode.Unauthenticated with
            {
                Advice = $"Unset ${TokenVariable} to use your login there. If the server was set up anew, run `hutch logout "
                    + $"{RemoteAddress.Key(uri)}` first.",
            }).With($"The token is for another installation than {RemoteAddress.Key(uri)} and was not sent there.");
        }

        bool onlyTheFolderNamesIt = named is null && First(workspaceRemote) is not null;
        return onlyTheFolderNamesIt && !isOfZone
            ? (ErrorCode.Unauthenticated with
            {
                Advice = $"If it is, name the server once: `hutch whoami --remote {RemoteAddress.Key(uri)}`, or set ${RemoteVariable}.",
            }).With(
                $"The working directory belongs to {RemoteAddress.Key(uri)}. Nothing says that your token is for that server, "
                + "so it was not sent.")
            : new Connection(uri, carried, trust, isOfZone ? null : zone);
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
