using Hutch.Zone.Logins;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>Logins of browsers at this site through the zone that it has joined.</summary>
public sealed class ZoneLoginService(ZoneLoginClient logins, ISiteNetwork? network)
{
    /// <summary>The portal of the zone, where people log in; null at a zone, and where portals have no approved address.</summary>
    public string? Portal => network?.Zone?.Portals?.Zone;

    /// <inheritdoc cref="ZoneLoginClient.BeginAsync"/>
    public async Task<Result<StartedLogin>> BeginAsync(string? returnPath, string? scope, CancellationToken ct) =>
        network?.Zone?.Portals is { } portals
            ? await logins.BeginAsync(portals.Zone, portals.Site, returnPath, scope, ct)
            : (ErrorCode.LoginRefused with
            {
                Advice = "An administrator of the zone approves the address: `hutch site portal NAME https://…`.",
            }).With("The zone has not approved the address of this site's portal, or has no public address itself.");

    /// <inheritdoc cref="ZoneLoginClient.FinishAsync"/>
    public async Task<Result<FinishedLogin>> FinishAsync(ReturnedLogin returned, LoginOrigin from, CancellationToken ct) =>
        network is null
            ? ErrorCode.LoginInvalid.With("This server has joined no zone.")
            : await logins.FinishAsync(returned, network.LogInAsync, from, ct);
}
