using Hutch.Datasets.Sites;
using Hutch.Federation.Copies;
using Hutch.Federation.Doors;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Site.Engines;
using Hutch.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Federation;

/// <summary>How this server speaks with other sites: as a zone, through its door; as a site, over its connection to the zone.</summary>
/// <param name="configuredName">What this site is called while it has joined no zone.</param>
/// <param name="keys">The key of this site.</param>
/// <param name="contacts">When other sites were heard.</param>
/// <param name="door">Where other sites dial this one; null for nowhere.</param>
/// <param name="zone">The zone, or the view of it.</param>
/// <param name="work">What goes on meanwhile.</param>
/// <param name="files">Knows the free space.</param>
/// <param name="time">The clock.</param>
internal sealed class SiteNetwork(
    string configuredName, SiteKeyStore keys, SiteContacts contacts, SiteDoor? door, ZoneServices zone, SiteWork work,
    IStoredFiles files, TimeProvider time)
    : ISiteNetwork
{
    private readonly AnswerTimeout _joinTimeout = new(TimeSpan.FromSeconds(15), time);
    private readonly TaskCompletionSource<JoinedZoneRecord> _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ZoneLink? _link;

    public string Name => Zone?.Joined.SiteName ?? configuredName;

    public string? Address => door?.Address;

    public ZoneContact? Zone => _link?.Contact;

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
        return (await _joinTimeout.AskAsync(token.Address, either => client.JoinAsync(request, either), ct))
            .Then(taken => Read(taken, token));
    }

    public Task<Result<NameRecord>> ReserveNameAsync(
        Caller caller, DatasetId dataset, AccountName? owner, Slug slug, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        HutchError? refusal = _link is null ? ErrorCode.Unavailable.With("The zone was not reached yet. Try again.")
            : caller.Token is null ? ErrorCode.Forbidden.With(
                "At a site of a zone, datasets are created with a token for that site: the zone gives the name to the owner of the token.")
            : null;
        return refusal is null
            ? _link!.ReserveNameAsync(caller.Token!.Id, dataset, owner, slug, ct)
            : Task.FromResult<Result<NameRecord>>(refusal);
    }

    public async ValueTask<IHomeSeal> SealAsync(CancellationToken ct) => new HomeSeal(await keys.GetAsync(ct), zone.Sites.ZoneId);

    public Task NextBeatAsync(CancellationToken ct) => contacts.NextBeatAsync(ct);

    public Task<Result<Done>> GiveNameBackAsync(DatasetId dataset, CancellationToken ct) => _link is { } link
        ? link.GiveNameBackAsync(dataset, ct)
        : Task.FromResult<Result<Done>>(ErrorCode.Unavailable.With("The zone was not reached yet."));

    public async Task<Result<IReadOnlyList<BelievedDataset>>> BelievedAsync(
        DatasetId? after, int limit, IReadOnlyList<DatasetId>? some, CancellationToken ct) =>
        zone.Sites.Zone is null
            ? Result<IReadOnlyList<BelievedDataset>>.Ok(
                some is null
                    ? await zone.Copies.BelievedAtAsync(zone.Sites.OwnId, after, limit, ct)
                    : await zone.Copies.BelievedAtAsync(zone.Sites.OwnId, some, ct))
        : _link is { } link ? await link.BelievedAsync(after, limit, some, ct)
        : ErrorCode.Unavailable.With("The zone was not reached yet.");

    public void Follow(JoinedZoneRecord zone) => _joined.TrySetResult(zone);

    /// <summary>Has the copies that this site is to have, and keeps the connection to the zone, once this server has joined one.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        JoinedZoneRecord? joined = await zone.Sites.FindZoneAsync(ct);
        if (joined is null)
        {
            var own = new OwnLedger(zone.Sites, keys, zone.Copies, zone.Homes, zone.Purges);
            await UntilOneEndsAsync(ended => [_joined.Task.WaitAsync(ended), .. work.Begin(own, ended)], ct);
            joined = await _joined.Task;
        }

        using var client = new SiteClient(joined.Address, joined.Key, await keys.GetAsync(ct));
        var link = new ZoneLink(joined, client, zone.View, zone.Restored, () => Address, () => files.Space.FreeBytes, time);
        _link = link;
        await UntilOneEndsAsync(ended => [link.RunAsync(ended), .. work.Begin(new HomeClient(client, time), ended)], ct);
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
