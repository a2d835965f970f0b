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
    string remote, string path, Func<Uri, string, ServerTrust?, HutchClient> open, Action<string> notice, TimeProvider time)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(1);

    /// <inheritdoc cref="Login"/>
    public async Task<LoginToken?> FindAsync(string? refused, CancellationToken ct)
    {
        UserConfig config = UserConfig.Load(path);
        RemoteConfig? known = config.Remotes.GetValueOrDefault(remote);
        bool isGood = known is { Token: not null, LoginOf: not null } && known.Token != refused && known.Expires > time.GetUtcNow();
        if (isGood && RenewalOf(known!) > time.GetUtcNow())
        {
            return ToToken(known!);
        }

        foreach ((string zone, RemoteConfig login) in config.Remotes)
        {
            if (zone == remote || !login.IsZoneLogin || (known?.LoginOf is { } own && own != zone)
                || await TryExchangeAsync(zone, login, ct) is not { } made)
            {
                continue;
            }

            if (known?.LoginOf is null)
            {
                notice($"Logged in to {made.Site} through {zone}.");
            }

            return ToToken(Keep(path, remote, made, zone));
        }

        return isGood ? ToToken(known!) : null;
    }

    /// <summary>
    /// Returns null where the zone knows no such site, or does not answer: the server itself then decides. A site that its person has not
    /// allowed yet is an error, with the page on which to allow it.
    /// </summary>
    private async Task<ExchangedTokenInfo?> TryExchangeAsync(string zone, RemoteConfig login, CancellationToken ct)
    {
        try
        {
            using HutchClient client = open(new Uri(zone), login.Token!, login.Trust);
            ExchangedTokenInfo made = await client.ExchangeTokenAsync(remote, ct);
            return made.Address == remote ? made : null;
        }
        catch (HutchException e) when (e.Error.Code != ErrorCode.ConsentRequired)
        {
            return null;
        }
        catch (Exception e) when (e is ServerUnreachableException or BadAnswerException)
        {
            return null;
        }
    }

    /// <summary>Keeps the token. Another command may have changed the file in between, so it is read again.</summary>
    internal static RemoteConfig Keep(string path, string remote, ExchangedTokenInfo made, string zone)
    {
        UserConfig config = UserConfig.Load(path);
        RemoteConfig before = config.Remotes.GetValueOrDefault(remote) ?? new RemoteConfig();
        RemoteConfig saved = before with
        {
            Token = made.Token,
            Zone = TokenText.ZoneOf(made.Token).ToString(),
            LoginOf = zone,
            Site = made.Site,
            Expires = made.Expires,
            Fingerprint = made.Certificate ?? before.Fingerprint,
        };
        config.Remotes[remote] = saved;
        config.Save(path);
        return saved;
    }

    private static DateTimeOffset RenewalOf(RemoteConfig login) => login.Expires!.Value - RenewBefore;

    /// <summary>A token that could not be renewed in time, or ends soon with its parent, serves to its end.</summary>
    private LoginToken ToToken(RemoteConfig login) => new(
        login.Token!, login.Trust, RenewalOf(login) > time.GetUtcNow() ? RenewalOf(login) : login.Expires!.Value);
}
