using Hutch.Client.Configuration;
using Hutch.Model.Zone;
using Hutch.Objects.Http;

namespace Hutch.Commands.Hosting;

/// <summary>
/// Finds the site from which the bytes of a dataset come: the server of the command if it has all of them, else the home. The zone of the
/// login alone says which sites have them, which address a site has and which certificate. No site is asked.
/// </summary>
internal sealed class SiteWithData(CliContext context)
{
    private static readonly HutchError NoZone = (ErrorCode.BadRequest with
    {
        Advice = "Log in at the zone (`hutch login ZONE`) and leave out `--token`, or name the server: `--remote URL`.",
    }).With("`--site` needs a login at a zone, which knows its sites.");

    /// <summary>Returns the connection to that site; null to stay with the server of the command.</summary>
    /// <param name="name">The name of the dataset, for messages.</param>
    /// <param name="wanted">The site that must be used; null for the nearest.</param>
    /// <param name="isHomeAway">True if the server of the command cannot reach the home, and has no copy itself.</param>
    public async Task<Connection?> FindAsync(
        DatasetId dataset, string name, string? wanted, bool isHomeAway, CancellationToken ct)
    {
        string here = RemoteAddress.Key(context.ServerConnection.Remote);
        UserConfig config = UserConfig.Load(context.UserConfigPath);
        RemoteConfig? known = config.Remotes.GetValueOrDefault(here);
        string? zone = known?.LoginOf ?? (known?.IsZoneLogin == true ? here : null);
        bool isChosen = context.Link is not null || context.CarriesToken || (wanted is null && context.NamesServer);
        if (isChosen || zone is null || config.Remotes.GetValueOrDefault(zone) is not { IsZoneLogin: true } login)
        {
            return wanted is null ? null : throw NoZone.ToException();
        }

        try
        {
            using HutchClient client = context.Open(new Uri(zone), login.Token!, login.Trust);
            CopyList copies = await client.GetCopiesAsync(dataset, ct);
            string site = zone == here ? copies.Here ?? copies.Home : known!.Site ?? "";
            return Choose(copies, site, wanted, name, isHomeAway) is not { } target ? null
                : target == copies.Here ? new Connection(new Uri(zone), login.Token, login.Trust)
                : await ConnectAsync(client, zone, target, ct);
        }
        catch (HutchException e) when (wanted is null && e.Error.Code == ErrorCode.ConsentRequired)
        {
            context.WriteNote($"{e.Error.Message} Until then the data come through {here}. {e.Error.Code.Advice}");
            return null;
        }
        catch (Exception e) when (wanted is null && e is HutchException or ServerUnreachableException or BadAnswerException)
        {
            // The server of the command reads from other sites itself.
            return null;
        }
    }

    /// <summary>Returns the site to use; null for the server of the command.</summary>
    private static string? Choose(CopyList copies, string here, string? wanted, string name, bool isHomeAway)
    {
        string[] whole = [.. copies.Items.Where(static copy => copy.State == CopyStates.Complete).Select(static copy => copy.Site)];
        string[] all = [copies.Home, .. whole];
        if (wanted is not null && !all.Contains(wanted))
        {
            throw (ErrorCode.NotFound with { Advice = $"It is at {string.Join(", ", all)}." }).With(
                $"The site {Display.Quote(wanted)} does not have all of {name}.").ToException();
        }

        // The home may answer the client even where it does not answer the server, but a whole copy certainly has the data.
        string target = wanted ?? (all.Contains(here) ? here : isHomeAway ? whole.FirstOrDefault() ?? copies.Home : copies.Home);
        return target == here ? null : target;
    }

    /// <summary>Connects to a site with the login that is kept for it, or with a new one.</summary>
    private async Task<Connection?> ConnectAsync(HutchClient zone, string zoneKey, string site, CancellationToken ct)
    {
        foreach ((string address, RemoteConfig saved) in UserConfig.Load(context.UserConfigPath).Remotes)
        {
            if (saved.LoginOf == zoneKey && saved.Site == site && saved.Token is not null && saved.Expires > context.Host.Time.GetUtcNow())
            {
                return new Connection(new Uri(address), saved.Token, saved.Trust) { UsesZoneLogin = true };
            }
        }

        ExchangedTokenInfo made = await zone.ExchangeTokenAsync(site, ct);
        Uri remote = RemoteAddress.Parse(made.Address).Value;

        // A login of another zone, or by hand, stays, with the certificate that it trusts.
        string key = RemoteAddress.Key(remote);
        if (UserConfig.Load(context.UserConfigPath).Remotes.GetValueOrDefault(key) is { } other && other.LoginOf != zoneKey)
        {
            return other.Token is null ? null : new Connection(remote, other.Token, other.Trust);
        }

        RemoteConfig login = ZoneLogin.Keep(context.UserConfigPath, key, made, zoneKey);
        context.WriteNote($"Logged in to {site} through {zoneKey}.");
        return new Connection(remote, login.Token, login.Trust) { UsesZoneLogin = true };
    }
}
