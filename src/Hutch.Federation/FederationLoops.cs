using Hutch.Datasets.Registry;
using Hutch.Federation.Copies;
using Hutch.Federation.Evicting;
using Hutch.Federation.Homes;
using Hutch.Federation.Links;
using Hutch.Federation.Purges;
using Hutch.Federation.Summaries;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Zone;

namespace Hutch.Federation;

/// <summary>
/// Runs the site's tasks for homes, copies, evictions, purges and summaries in its zone: first its own zone, then another once it has
/// joined that. This is composition, as all of it is made anew then.
/// </summary>
internal sealed partial class FederationLoops
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ZoneServices _zone;
    private readonly SiteServices _site;
    private readonly PeerModule _peers;
    private readonly ZoneMembership _membership;
    private readonly ZoneReportsHolder _reports;
    private readonly EvictionWorker _evictions;
    private readonly MoveReadiness _readiness;
    private readonly IRepositoryCheck? _check;
    private readonly ILogger _logger;
    private volatile HomeWorker? _homes;
    private volatile ZoneLink? _link;

    public FederationLoops(
        ZoneServices zone, SiteServices site, PeerModule peers, ZoneMembership membership, ZoneReportsHolder reports,
        EvictionWorker evictions,
        MoveReadiness readiness, IRepositoryCheck? check, ILogger<FederationLoops> logger)
    {
        (_zone, _site, _peers, _membership) = (zone, site, peers, membership);
        (_reports, _evictions, _readiness, _check, _logger) = (reports, evictions, readiness, check, logger);
        peers.Contacts.SecondFound = site => SecondServer(SecondServerWarnings.AtZone(site).Message);
    }

    /// <summary>Warnings about homes that cannot be given up or taken over, and about two servers with one key.</summary>
    public IEnumerable<SiteWarning> Warnings() =>
    [
        .. _homes?.Warnings() ?? [],
        .. _peers.Contacts.Seconds.Select(SecondServerWarnings.AtZone),
        .. _link?.HasSecond == true ? [SecondServerWarnings.AtFirst()] : (SiteWarning[])[],
        .. _peers.Life.Refusal is { } refusal ? [SecondServerWarnings.AtSecond(refusal)] : (SiteWarning[])[],
    ];

    /// <summary>Has the copies that this site is to have, and keeps the connection to the zone, once this server has joined one.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        JoinedZoneRecord? joined = await _zone.Sites.FindZoneAsync(ct);
        if (joined is null)
        {
            var own = new LocalZoneReports(
                _zone.Sites, _peers.Keys, _zone.Copies, _zone.Homes, _zone.Purges, _zone.Losses, _membership.Name);
            await UntilOneEndsAsync(
                ended =>
                [
                    _membership.Joined.WaitAsync(ended), _zone.Sites.WaitJoinedAsync(ended),
                    .. Work(own, new OwnSummaries(_zone.Sites, _zone.Summaries), ended),
                ],
                ct);
            joined = _zone.Sites.Zone!;
        }

        await _peers.Keys.MarkAsync(joined, ct);

        using var client = new SiteClient(
            joined.Address, joined.Key, await _peers.Keys.GetAsync(ct), traffic: _peers.Traffic.GetOrAdd(joined.Key),
            life: _peers.Life);
        var link = new ZoneLink(
            joined, client, _zone.View, _zone.Restored, () => _membership.Address, () => _site.Files.PlaceableBytes, _peers.Time)
        {
            // The zone would show the figures of one server as those of the site.
            Traffic = _zone.Sites.IsEmbedded ? _membership.TrafficAsync : static _ => ValueTask.FromResult<IReadOnlyList<TrafficLine>>([]),
            SigningKeys = new SigningKeyFetch(_zone.SigningKeys, client, _peers.Time),
            Life = _peers.Life,
            SecondFound = SecondServer,
        };
        _link = link;
        _membership.Reach(link);
        await UntilOneEndsAsync(
            ended => [
                link.RunAsync(ended),
                .. Work(new HomeClient(client, _peers.Time), new ZoneSummaries(client, _peers.Time), ended),
            ],
            ct);
    }

    /// <summary>
    /// Starts the tasks for homes and copies. Of several servers of a site, one at a time brings copies, and one evicts bytes.
    /// </summary>
    private Task[] Work(IZoneReports reports, ISummaryReports summaries, CancellationToken ct)
    {
        TimeProvider time = _peers.Time;
        _reports.Set(reports);
        var assignments = new CopyAssignments(_zone.Sites, _zone.Copies, _zone.Purges, _site.Copies);
        var ended = new DeletionPropagator(_zone.Sites, reports, _zone.Copies, _site.CopyEnds, _site.CopyHolds, time);
        var home = new HomeWorker(
            _zone.Sites, _peers.Keys, reports, _zone.Homes, _site.HomeMoves, ended, _readiness, assignments, time, _logger);
        _homes = home;
        var purge = new PurgeExecutor(
            _zone.Sites, _peers.Keys, _zone.Purges, new PurgedStores(_site.Purges, _peers.ReadThrough), reports, time, _logger);
        return
        [
            home.RunAsync(ct),
            Leased(CopyWorker.Job, leased => Copies(assignments, reports).RunAsync(leased)),
            Leased(EvictionWorker.Job, _evictions.RunAsync),
            purge.RunAsync(ct),
            Leased(SummaryReporter.Job, leased => new SummaryReporter(
                _zone.Sites, _zone.Homes, _zone.Summaries, _zone.View, LocalDatasets.For(_site), summaries, time,
                _logger).RunAsync(leased)),
        ];

        Task Leased(string job, Func<CancellationToken, Task> run) => AgainAsync(
            new LeasedTask(_site.Engine.Leases, job, (_, leased) => run(leased), time).RunAsync, time, ct);
    }

    /// <summary>Runs a task again when shared records were away: the connection to the zone must not end with it.</summary>
    private async Task AgainAsync(Func<CancellationToken, Task> run, TimeProvider time, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await run(ct);
                return;
            }
            catch (HutchException e) when (!ct.IsCancellationRequested && e.Error.Code == ErrorCode.Unavailable)
            {
                Interrupted(e.Message);
                await Task.Delay(TryAgainAfter, time, ct);
            }
        }
    }

    private CopyWorker Copies(CopyAssignments assignments, IZoneReports reports)
    {
        var schedule = new CopySchedule(_site.Freshness, _peers.Time);
        var triggers = new CopyTriggers(_zone.Copies, _zone.Summaries, _site.Freshness, assignments, _peers.Time);
        var fetcher = new CopyFetcher(
            _zone.Sites, reports, assignments, _site.Copies, _site.Freshness, schedule, _peers.Nearest, _check, _peers.Time, _logger);
        return new CopyWorker(_zone.Sites, _peers.Keys, assignments, _site.Freshness, triggers, schedule, fetcher, _peers.Connections);
    }

    [LoggerMessage(5670, LogLevel.Warning, "Copies were interrupted, and begin again: {Why}")]
    private partial void Interrupted(string why);

    [LoggerMessage(5671, LogLevel.Warning, "{Why}")]
    private partial void SecondServer(string why);

    private static async Task UntilOneEndsAsync(Func<CancellationToken, Task[]> begin, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] work = begin(ended.Token);
        Task first = await Task.WhenAny(work);
        await ended.CancelAsync();
        await Task.WhenAll(work).ContinueWith(static _ => { }, TaskScheduler.Default);
        await first;
    }
}
