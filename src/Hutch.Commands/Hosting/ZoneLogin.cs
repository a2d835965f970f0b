using Hutch.Client.Configuration;
using Hutch.Client.Http;
using Hutch.Objects.Http;

namespace Hutch.Commands.Hosting;

/// <summary>
/// The login at a site of a zone, made from the login at the zone: its token is exchanged for one of the site, kept beside it, and
/// renewed. The zone alone says which site an address is and which certificate it has.
/// </summary>
/// <param name="remote">The site, by <see cref="RemoteAddress.Key"/>.</param>
/// <param name="path">The user's configuration.</param>
/// <param name="open">Opens a client of a zone with its token.</param>
internal sealed class ZoneLogin(
    string remote, string path, Func<Uri, string, ServerTrust, HutchClient> open, Action<string> notice, TimeProvider time)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(1);

    private bool _isUnknown;

    /// <inheritdoc cref="Login"/>
    public async Task<LoginToken?> FindAsync(string? refused, CancellationToken ct)
    {
        UserConfig config = UserConfig.Load(path);
        RemoteConfig? known = config.Remotes.GetValueOrDefault(remote);
        bool isGood = known is { Token: not null, LoginOf: not null } && known.Token != refused && known.Expires > time.GetUtcNow();
        if (_isUnknown || (isGood && known!.Expires > time.GetUtcNow() + RenewBefore))
        {
            return isGood ? ToToken(known!) : null;
        }

        string[] zones = known?.LoginOf is { } zone
            ? [zone]
            : [.. config.Remotes.Where(one => one.Key != remote && one.Value is { Token: not null, LoginOf: null }).Select(one => one.Key)];
        foreach (string candidate in zones)
        {
            if (await TryExchangeAsync(candidate, config, ct) is { } made)
            {
                if (known?.LoginOf is null)
                {
                    notice($"Logged in to {made.Site} through {candidate}.");
                }

                return ToToken(Keep(made, candidate));
            }
        }

        _isUnknown = true;
        return isGood ? ToToken(known!) : null;
    }

    /// <summary>Returns null where the zone knows no such site, or does not answer: the server itself then decides.</summary>
    private async Task<ExchangedTokenInfo?> TryExchangeAsync(string zone, UserConfig config, CancellationToken ct)
    {
        if (config.Remotes.GetValueOrDefault(zone) is not { Token: { } token } known)
        {
            return null;
        }

        try
        {
            using HutchClient client = open(new Uri(zone), token, new ServerTrust(known.Ca, known.Fingerprint));
            ExchangedTokenInfo made = await client.ExchangeTokenAsync(remote, ct);
            return made.Address == remote ? made : null;
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException)
        {
            return null;
        }
    }

    /// <summary>Keeps the token. Another command may have changed the file in between, so it is read again.</summary>
    private RemoteConfig Keep(ExchangedTokenInfo made, string zone)
    {
        UserConfig config = UserConfig.Load(path);
        RemoteConfig kept = (config.Remotes.GetValueOrDefault(remote) ?? new RemoteConfig()) with
        {
            Token = made.Token,
            Zone = TokenText.ZoneOf(made.Token).ToString(),
            LoginOf = zone,
            Expires = made.Expires,
        };
        config.Remotes[remote] = made.Certificate is null ? kept : kept with { Fingerprint = made.Certificate };
        config.Save(path);
        return config.Remotes[remote];
    }

    private static LoginToken ToToken(RemoteConfig known) => new(
        known.Token!, known.Ca is null && known.Fingerprint is null ? null : new ServerTrust(known.Ca, known.Fingerprint));
}
