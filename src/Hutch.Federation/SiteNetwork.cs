using Hutch.Datasets.Registry;
using Hutch.Datasets.Replication.Sites;
using Hutch.Federation.Copies;
using Hutch.Federation.Doors;
using Hutch.Federation.Evicting;
using Hutch.Federation.Homes;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Purges;
using Hutch.Federation.Summaries;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Replication.Copies;
using Hutch.Site.Replication.Evicting;
using Hutch.Site.Replication.Homes;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Homes;
using Hutch.Zone.Replication.Purges;
using Hutch.Zone.Replication.Sites;
using Microsoft.Extensions.Logging;

namespace Hutch.Federation;

/// <summary>How this server speaks with other sites: as a zone, through its door; as a site, over its connection to the zone.</summary>
internal sealed class SiteNetwork(
    PeerWays ways, string configuredName, SiteKeyStore keys, SiteContacts contacts, SiteDoor? door, SiteRegistry registry,
    SiteView view, RestoredZone restored, CopyRegistry copies, HomeRegistry homes, CopyIntake intake, HomeMoves moves, CopyEnds ends,
    CopyHolds holds, ZoneLedger told, CopyFreshness freshness, IRepositoryCheck? check, MoveReadiness readiness, EvictionWorker evictions,
    PurgeRegistry purges, LostHomes losses, SummaryRegistry summaries, DatasetsHere here, IPurgedStores purged,
    IStoredFiles files, NearestSites nearest, IJobLeases leases, TimeProvider time,
    ILogger<SiteNetwork> logger)
    : ISiteNetwork
{
    private readonly AnswerTimeout _joinTimeout = new(TimeSpan.FromSeconds(15), time);
    private readonly TaskCompletionSource<JoinedZoneRecord> _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ZoneLink? _link;
    private volatile HomeWorker? _homes;

    public string Name => Zone?.Joined.SiteName ?? configuredName;

    public string? Address => door?.Address;

    public ZoneContact? Zone => _link?.Contact;

    /// <summary>What an operator should see to.</summary>
    public IEnumerable<SiteWarning> Warnings() => _homes?.Warnings() ?? [];

    public async ValueTask<BlobHash> GetKeyAsync(CancellationToken ct) => (await keys.GetAsync(ct)).Fingerprint;

    public SiteContact? ContactOf(string siteId) => contacts.Find(siteId);

    public async Task<Result<JoinedZoneRecord>> JoinAsync(JoinToken token, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(token);
        using var client = new SiteClient(token.Address, token.ZoneKey, await keys.GetAsync(ct));
        var request = new JoinRequest
        {
            Protocol = SiteProtocol.Number,
            Release = SiteProtocol.Release,
            Time = time.GetUtcNow(),
            Credential = token.Credential,
        };
        return WhenReached(await _joinTimeout.AskAsync(token.Address, either => client.JoinAsync(request, either), ct))
            .Then(taken => Read(taken, token));
    }

    /// <summary>Who joins is told what to look at when the zone cannot be reached.</summary>
    private static Result<T> WhenReached<T>(Result<T> answer) => answer.Error is { } error && error.Code == ErrorCode.Unavailable
        ? error with
        {
            Code = error.Code with
            {
                Advice = "See that the zone's server runs and can be reached from this one, and join again with the same token.",
            },
        }
        : answer;

    public async Task<Result<(JoinedZoneRecord Zone, AdmittedSite Site)>> JoinWithAsync(
        JoinToken token, IReadOnlyList<BroughtAccount> accounts, IReadOnlyList<BroughtDataset> datasets, bool isTrial,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(token);
        using var client = new SiteClient(token.Address, token.ZoneKey, await keys.GetAsync(ct));
        var request = new JoinWithRequest
        {
            Protocol = SiteProtocol.Number,
            Release = SiteProtocol.Release,
            Time = time.GetUtcNow(),
            Credential = token.Credential,
            Accounts = accounts,
            Datasets = datasets,
            IsTrial = isTrial,
        };
        return WhenReached(await _joinTimeout.AskAsync(token.Address, either => client.JoinWithAsync(request, either), ct)).Then(
            taken => Read(new JoinAnswer { SiteId = taken.SiteId, SiteName = taken.SiteName }, token)
                .Then<(JoinedZoneRecord, AdmittedSite)>(zone => (zone, taken)));
    }

    public Task<Result<IReadOnlyList<BroughtName>>> BringAsync(
        IReadOnlyList<BroughtDataset> datasets, bool isLast, CancellationToken ct) => _link is { } link
        ? link.BringAsync(datasets, isLast, ct)
        : Task.FromResult<Result<IReadOnlyList<BroughtName>>>(ErrorCode.Unavailable.With("The zone was not reached yet."));

    public Task<Result<NameRecord>> ReserveNameAsync(
        Caller caller, DatasetId dataset, AccountName? owner, Slug slug, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        HutchError? refusal = caller.Token is null ? ErrorCode.Forbidden.With(
                "At a site of a zone, datasets are created with a token for that site: the zone gives the name to the owner of the token.")
            : _link is null ? ErrorCode.Unavailable.With("The zone was not reached yet. Try again.")
            : _link.Away;
        return refusal is null
            ? _link!.ReserveNameAsync(caller.Token!.Id, dataset, owner?.Value, slug.Value, isThere: false, ct)
            : Task.FromResult<Result<NameRecord>>(refusal);
    }

    public Task<Result<NameRecord>> RegisterNameAsync(GivenName given, string token, bool isForMaker, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(given);
        return _link is { } link
            ? link.ReserveNameAsync(token, given.Dataset, isForMaker ? null : given.Owner, given.Slug, isThere: true, ct)
            : Task.FromResult<Result<NameRecord>>(ErrorCode.Unavailable.With("The zone was not reached yet."));
    }

    public ValueTask<IReadOnlyList<TrafficLine>> TrafficAsync(CancellationToken ct) => ways.Traffic.ReadAsync(registry, ct);

    public ValueTask<IHomeSeal> SealAsync(CancellationToken ct) => keys.SealAsync(ct);

    public Task NextBeatAsync(CancellationToken ct) => contacts.NextBeatAsync(ct);

    public Task<Result<Done>> GiveNameBackAsync(DatasetId dataset, CancellationToken ct) => _link is { } link
        ? link.GiveNameBackAsync(dataset, ct)
        : Task.FromResult<Result<Done>>(ErrorCode.Unavailable.With("The zone was not reached yet."));

    public async Task<Result<IReadOnlyList<BelievedDataset>>> BelievedAsync(
        DatasetId? after, int limit, IReadOnlyList<DatasetId>? some, CancellationToken ct) =>
        registry.Zone is null
            ? Result<IReadOnlyList<BelievedDataset>>.Ok(
                some is null
                    ? await copies.BelievedAtAsync(registry.OwnId, after, limit, ct)
                    : await copies.BelievedAtAsync(registry.OwnId, some, ct))
        : _link is { } link ? await link.BelievedAsync(after, limit, some, ct)
        : ErrorCode.Unavailable.With("The zone was not reached yet.");

    public void Follow(JoinedZoneRecord zone) => _joined.TrySetResult(zone);

    /// <summary>Has the copies that this site is to have, and keeps the connection to the zone, once this server has joined one.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        JoinedZoneRecord? zone = await registry.FindZoneAsync(ct);
        if (zone is null)
        {
            var own = new OwnLedger(registry, keys, copies, homes, purges, losses, configuredName);
            await UntilOneEndsAsync(
                ended =>
                [
                    _joined.Task.WaitAsync(ended), .. Work(own, new OwnSummaries(registry, summaries), ended),
                ],
                ct);
            zone = await _joined.Task;
        }

        using var client = new SiteClient(
            zone.Address, zone.Key, await keys.GetAsync(ct), traffic: ways.Traffic.Of(zone.Key));
        var link = new ZoneLink(zone, client, view, restored, () => Address, () => files.Space.FreeBytes, time)
        {
            Traffic = TrafficAsync,
        };
        _link = link;
        await UntilOneEndsAsync(
            ended => [link.RunAsync(ended), .. Work(new HomeClient(client, time), new ZoneSummaries(client, time), ended)], ct);
    }

    /// <summary>
    /// What a site does about homes and copies. Of several servers that run it, one at a time brings copies, and one gives up bytes.
    /// </summary>
    private Task[] Work(ICopyLedger ledger, ISummaryLedger summaryLedger, CancellationToken ct)
    {
        told.Set(ledger);
        var wanted = new WantedCopies(registry, copies, purges, intake);
        var ended = new EndWork(registry, ledger, copies, ends, holds, time);
        var home = new HomeWorker(registry, keys, ledger, homes, moves, ended, readiness, wanted, time, logger);
        _homes = home;
        var copying = new LeasedWork(
            leases, CopyWorker.Job,
            (_, leased) => new CopyWorker(
                registry, keys, ledger, copies, summaries, wanted, intake, freshness, nearest, check, ways, time, logger).RunAsync(leased),
            time);
        var purge = new PurgeWork(registry, keys, purges, purged, ledger, time, logger);
        var evicting = new LeasedWork(leases, EvictionWorker.Job, (_, leased) => evictions.RunAsync(leased), time);
        var summarizing = new LeasedWork(
            leases, SummaryWork.Job,
            (_, leased) =>
                new SummaryWork(registry, homes, summaries, view, here, summaryLedger, time, logger).RunAsync(leased),
            time);
        return [home.RunAsync(ct), copying.RunAsync(ct), evicting.RunAsync(ct), purge.RunAsync(ct), summarizing.RunAsync(ct)];
    }

    private static async Task UntilOneEndsAsync(Func<CancellationToken, Task[]> begin, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] work = begin(ended.Token);
        Task first = await Task.WhenAny(work);
        await ended.CancelAsync();
        await Task.WhenAll(work).ContinueWith(static _ => { }, TaskScheduler.Default);
        await first;
    }

    private Result<JoinedZoneRecord> Read(JoinAnswer taken, JoinToken token) =>
        TokenText.IsId(taken.SiteId) && SiteName.Parse(taken.SiteName).IsOk
            ? new JoinedZoneRecord(token.Zone, taken.SiteId, taken.SiteName, token.Address, token.ZoneKey, time.GetUtcNow())
            : ErrorCode.Unavailable.With($"{token.Address} does not answer as a zone does: it gives no valid id and name.");
}
