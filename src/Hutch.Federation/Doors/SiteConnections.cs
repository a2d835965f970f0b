using System.Net.Security;
using Hutch.Federation.Keys;
using Hutch.Federation.Reverse;
using Hutch.Federation.Traffic;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Hutch.Federation.Doors;

/// <summary>Serves the connections to the door for other sites, once both sides have proved their keys.</summary>
internal sealed class SiteConnections(SiteRegistry registry, ReverseConnections reverse, SiteTraffic traffic)
{
    /// <summary>The protocol of a site that cannot be dialled: it receives requests on its own connection.</summary>
    public static readonly SslApplicationProtocol Reverse = new(ReverseConnections.Protocol);

    /// <summary>
    /// Keeps a connection for requests to the site, or answers the requests of the site, and counts the traffic. For an unknown or removed
    /// site, no connection is kept; its requests are refused and not counted.
    /// </summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate answer, CancellationToken ct)
    {
        BlobHash? site;
        try
        {
            site = await FindSiteAsync(connection, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The other side has gone, or this one stops.
            return;
        }

        if (connection.Features.Get<ISslStreamFeature>()?.SslStream.NegotiatedApplicationProtocol != Reverse)
        {
            if (site is { } counted)
            {
                connection.Transport = new CountedPipes(connection.Transport, traffic.GetOrAdd(counted));
            }

            await answer(connection);
        }
        else if (site is { } known)
        {
            await reverse.KeepAsync(known, connection, ct);
        }
    }

    private async ValueTask<BlobHash?> FindSiteAsync(ConnectionContext connection, CancellationToken ct) =>
        SiteTls.KeyOf(connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate) is { } key
        && await registry.FindPeerAsync(key, ct) is not null
            ? key
            : null;
}
