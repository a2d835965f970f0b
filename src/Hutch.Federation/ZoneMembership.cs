using Hutch.Federation.Doors;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Traffic;
using Hutch.Federation.Wire;
using Hutch.Model.Sites;
using Hutch.Zone.Authorization;
using Hutch.Zone.Logins;

namespace Hutch.Federation;

/// <summary>The membership in a zone: joining one, and what only the zone decides, over this site's connection to it.</summary>
internal sealed class ZoneMembership(
    SiteKeyStore keys, SiteContacts contacts, SiteDoor? door, SiteRegistry registry, CopyRegistry copies,
    SiteTraffic traffic, TimeProvider time)
    : ISiteNetwork
{
    private readonly AnswerTimeout _joinTimeout = new(TimeSpan.FromSeconds(15), time);
    private readonly TaskCompletionSource<JoinedZoneRecord> _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ZoneLink? _link;

    public string Name => keys.Name;

    public string? Address => door?.Address;

    public ZoneContact? Zone => _link?.Contact;

    public SiteContact? ContactOf(string siteId) => contacts.Find(siteId);

    public async Task<Result<JoinedZoneRecord>> JoinAsync(JoinToken token, CancellationToken ct)
    {
        using var client = new SiteClient(token.Address, token.ZoneKey, await keys.GetAsync(ct));
        var request = new JoinRequest
        {
            Time = time.GetUtcNow(),
            Credential = token.Credential,
        };
        return WhenReached(await _joinTimeout.CallAsync(client, token.Address, PeerCalls.Join, request, ct))
            .Then(taken => Read(taken, token, time));
    }

    /// <summary>Adds advice for the joining operator to the error of an unreachable zone.</summary>
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
        JoinToken token, IReadOnlyList<ImportedAccount> accounts, IReadOnlyList<ImportedDataset> datasets, bool isTrial,
        CancellationToken ct)
    {
        using var client = new SiteClient(token.Address, token.ZoneKey, await keys.GetAsync(ct));
        var request = new JoinWithRequest
        {
            Time = time.GetUtcNow(),
            Credential = token.Credential,
            Accounts = accounts,
            Datasets = datasets,
            IsTrial = isTrial,
        };
        return WhenReached(await _joinTimeout.CallAsync(client, token.Address, PeerCalls.JoinWith, request, ct)).Then(
            taken => Read(new JoinAnswer { SiteId = taken.SiteId, SiteName = taken.SiteName }, token, time)
                .Then<(JoinedZoneRecord, AdmittedSite)>(zone => (zone, taken)));
    }

    public Task<Result<IReadOnlyList<ImportedName>>> ImportAsync(
        IReadOnlyList<ImportedDataset> datasets, bool isLast, CancellationToken ct) => _link is { } link
        ? link.ImportAsync(datasets, isLast, ct)
        : Task.FromResult<Result<IReadOnlyList<ImportedName>>>(ErrorCode.Unavailable.With("The zone was not reached yet."));

    public Task<Result<NameRecord>> ReserveNameAsync(
        Caller caller, DatasetId dataset, AccountName? owner, Slug slug, CancellationToken ct)
    {
        HutchError? refusal = caller.Token is null ? ErrorCode.Forbidden.With(
                "At a site of a zone, datasets are created with a token for that site: the zone gives the name to the owner of the token.")
            : _link is null ? ErrorCode.Unavailable.With("The zone was not reached yet. Try again.")
            : _link.Away;
        return refusal is null
            ? _link!.ReserveNameAsync(caller.Token!.Id, dataset, owner?.Value, slug.Value, isThere: false, ct)
            : Task.FromResult<Result<NameRecord>>(refusal);
    }

    public Task<Result<NameRecord>> RegisterNameAsync(ProvisionalName provisional, string token, bool isForMaker, CancellationToken ct)
    {
        return _link is { } link
            ? link.ReserveNameAsync(token, provisional.Dataset, isForMaker ? null : provisional.Owner, provisional.Slug, isThere: true, ct)
            : Task.FromResult<Result<NameRecord>>(ErrorCode.Unavailable.With("The zone was not reached yet."));
    }

    public Task<Result<SiteLogin>> LogInAsync(SiteLoginCode code, CancellationToken ct) => _link is { } link
        ? link.LogInAsync(code, ct)
        : Task.FromResult<Result<SiteLogin>>(ErrorCode.Unavailable.With("The zone was not reached yet. Try again."));

    public ValueTask<IReadOnlyList<TrafficLine>> TrafficAsync(CancellationToken ct) => traffic.ReadAsync(registry, ct);

    public Task NextBeatAsync(CancellationToken ct) => contacts.NextBeatAsync(ct);

    public Task<Result<Done>> ReleaseNameAsync(DatasetId dataset, CancellationToken ct) => _link is { } link
        ? link.ReleaseNameAsync(dataset, ct)
        : Task.FromResult<Result<Done>>(ErrorCode.Unavailable.With("The zone was not reached yet."));

    public async Task<Result<IReadOnlyList<ExpectedDataset>>> ListExpectedAsync(
        DatasetId? after, int limit, IReadOnlyList<DatasetId>? some, CancellationToken ct) =>
        registry.Zone is null
            ? Result<IReadOnlyList<ExpectedDataset>>.Ok(
                some is null
                    ? await copies.ListExpectedAtAsync(registry.OwnId, after, limit, ct)
                    : await copies.ListExpectedAtAsync(registry.OwnId, some, ct))
        : _link is { } link ? await link.ListExpectedAsync(after, limit, some, ct)
        : ErrorCode.Unavailable.With("The zone was not reached yet.");

    public async ValueTask FollowAsync(JoinedZoneRecord zone, CancellationToken ct)
    {
        await keys.MarkAsync(zone, ct);
        _joined.TrySetResult(zone);
    }

    internal Task<JoinedZoneRecord> Joined => _joined.Task;

    internal void Reach(ZoneLink link) => _link = link;

    internal static Result<JoinedZoneRecord> Read(JoinAnswer taken, JoinToken token, TimeProvider time) =>
        TokenText.IsId(taken.SiteId) && SiteName.Parse(taken.SiteName).IsOk
            ? new JoinedZoneRecord(token.Zone, taken.SiteId, taken.SiteName, token.Address, token.ZoneKey, time.GetUtcNow())
            : ErrorCode.Unavailable.With($"{token.Address} does not answer as a zone does: it gives no valid id and name.");
}
