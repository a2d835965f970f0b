using Hutch.Federation.Copies;
using Hutch.Federation.Homes;
using Hutch.Federation.Keys;
using Hutch.Federation.Purges;
using Hutch.Site;
using Hutch.Site.Copies;
using Hutch.Zone;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation;

/// <summary>What a site does by itself about copies, homes and purges.</summary>
/// <param name="site">The datasets of this server.</param>
/// <param name="zone">The zone, or the view of it.</param>
/// <param name="keys">The key of this site.</param>
/// <param name="ways">How other sites are reached.</param>
/// <param name="told">Where requests of other sites find what the zone is told through.</param>
/// <param name="readiness">Which homes are ready to move.</param>
/// <param name="evictions">Gives bytes up, and takes them back.</param>
/// <param name="check">Looks at repositories that copies bring; null without git.</param>
/// <param name="purged">Where bytes of a purged dataset may be.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where faults are told.</param>
internal sealed class SiteWork(
    SiteServices site, ZoneServices zone, SiteKeyStore keys, PeerWays ways, ZoneLedger told, MoveReadiness readiness,
    EvictionWorker evictions, IRepositoryCheck? check, IPurgedStores purged, TimeProvider time, ILogger<SiteWork> logger)
{
    /// <summary>Begins all of it. The site beside a zone has copies only where one server runs it.</summary>
    /// <param name="ledger">Where the zone is told what came of it.</param>
    /// <param name="ct">Ends it.</param>
    public Task[] Begin(ICopyLedger ledger, CancellationToken ct)
    {
        told.Set(ledger);
        var wanted = new WantedCopies(zone.Sites, zone.Copies, zone.Purges, site.Copies);
        var ended = new EndWork(zone.Sites, ledger, zone.Copies, site.CopyEnds, site.CopyHolds, time);
        var home = new HomeWorker(
            zone.Sites, keys, ledger, zone.Homes, site.HomeMoves, ended, readiness, wanted, time, logger);
        var copy = new CopyWorker(
            zone.Sites, keys, ledger, zone.Copies, wanted, site.Copies, site.Freshness, check, ways, time, logger);
        var purge = new PurgeWork(zone.Sites, keys, zone.Purges, purged, ledger, time, logger);
        return zone.Sites.IsEmbedded
            ? [home.RunAsync(ct), copy.RunAsync(ct), evictions.RunAsync(ct), purge.RunAsync(ct)]
            : [home.RunAsync(ct), purge.RunAsync(ct)];
    }
}
