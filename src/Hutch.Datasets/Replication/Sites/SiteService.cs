using System.Collections.Immutable;
using Hutch.Model.Placement;
using Hutch.Model.Sites;
using Hutch.Zone.Logins;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>The sites of the zone, for administrators; operators may read.</summary>
public sealed class SiteService(
    SiteRegistry registry, SiteLoginAuthorizer logins, SiteConsents consents, SiteDatabase records, SiteConfirmations confirmations,
    ISiteSigner signer, ISiteNetwork? network)
{
    private const int TriedAtOnce = 200;
    private const int ReadAtOnce = 500;

    private static readonly HutchError NoDoor = (ErrorCode.Unprocessable with
    {
        Advice = "Set 'sites.listen' in the configuration of the zone's server, such as '*:8473', and start it again.",
    }).With("This server has no address at which other sites could reach it.");

    private static readonly HutchError NoNetwork = ErrorCode.Unavailable.With("This server cannot speak with other sites.");

    /// <inheritdoc cref="SiteRegistry.InviteAsync"/>
    public async Task<Result<IssuedJoinToken>> InviteAsync(Caller caller, SiteInvitation wanted, CancellationToken ct)
    {
        if (!Reach(caller, Operation.SitesChange).TryGet(out ISiteNetwork? reached, out HutchError? refusal)
            || !SiteName.Parse(wanted.Name).TryGet(out _, out refusal))
        {
            return refusal;
        }

        if (reached.Zone is { } zone)
        {
            return ErrorCode.Unprocessable.With($"This server is a site itself. Sites are invited at its zone, {zone.Joined.Address}.");
        }

        if (reached.Address is not { } address)
        {
            return NoDoor;
        }

        BlobHash key = await signer.GetKeyAsync(ct);
        return (await registry.InviteAsync(caller, wanted, reached.Name, ct)).Then<IssuedJoinToken>(
            issued => new IssuedJoinToken(issued.Invite, new JoinToken(address, key, issued.Secret.Reveal())));
    }

    public async Task<Result<SiteOverview>> ListAsync(Caller caller, CancellationToken ct)
    {
        if (!Reach(caller, Operation.SitesRead).TryGet(out ISiteNetwork? reached, out HutchError? refusal)
            || !(await registry.ListAsync(caller, ct)).TryGet(out KnownSites? known, out refusal))
        {
            return refusal;
        }

        BlobHash key = await signer.GetKeyAsync(ct);
        return new SiteOverview(
            reached.Name, key, reached.Address, await registry.OwnLabelsAsync(ct), await registry.OwnTermsAsync(ct), reached.Zone,
            [.. known.Sites.Select(site => See(site) with { Left = known.Left.TryGetValue(site.Id, out long left) ? left : null })],
            known.Invites)
        {
            Id = registry.OwnId,
            Traffic = await reached.TrafficAsync(ct),
        };
    }

    /// <summary>Replaces all labels of a site, which may be the one at the zone. For administrators.</summary>
    public async Task<Result<LabelledSite>> LabelAsync(
        Caller caller, string name, ImmutableSortedDictionary<string, string> labels, CancellationToken ct) =>
        network is { Zone: null } here && name == here.Name
            ? (await registry.LabelOwnAsync(caller, name, labels, ct)).Then<LabelledSite>(_ => new LabelledSite(name, labels, null))
            : (await registry.LabelAsync(caller, name, labels, ct)).Then<LabelledSite>(
                site => new LabelledSite(site.Name, site.Labels, See(site)));

    /// <inheritdoc cref="SiteLoginAuthorizer.SetPortalAsync"/>
    public async Task<Result<SiteWithContact>> SetPortalAsync(
        Caller caller, string name, SitePortal? portal, string? runBy, CancellationToken ct) =>
        (await logins.SetPortalAsync(caller, name, portal, runBy, ct)).Then<SiteWithContact>(site => See(site));

    /// <inheritdoc cref="SiteConsents.TrustAsync"/>
    public async Task<Result<SiteWithContact>> TrustAsync(Caller caller, string name, bool isTrusted, CancellationToken ct) =>
        (await consents.TrustAsync(caller, name, isTrusted, ct)).Then<SiteWithContact>(site => See(site));

    /// <summary>Sets the terms of a site; null leaves a value unchanged. For administrators of the zone, and of the site.</summary>
    /// <param name="name">The site, which may be the one at the zone.</param>
    /// <param name="accepts">The datasets whose copies it accepts; empty for all.</param>
    public async Task<Result<SiteTerms>> SetTermsAsync(
        Caller caller, string name, SiteIntake? intake, string? accepts, CancellationToken ct)
    {
        HutchError? refusal = null;
        string? where = null;
        return accepts is { Length: > 0 } && !AcceptedDatasets.Check(accepts).TryGet(out where, out refusal)
            ? refusal
            : await registry.SetTermsAsync(
                caller, name == network?.Name ? null : name, name,
                before => new SiteTerms(intake ?? before.Intake, accepts is null ? before.Accepts : where), ct);
    }

    /// <inheritdoc cref="SiteRegistry.RemoveAsync"/>
    public ValueTask<Result<Done>> RemoveAsync(Caller caller, string name, bool isForced, CancellationToken ct) =>
        registry.RemoveAsync(caller, name, isForced, ct);

    /// <inheritdoc cref="SiteRegistry.LeftAsync"/>
    public async Task<Result<RemainingAtSite>> LeftAsync(Caller caller, string name, int limit, CancellationToken ct) =>
        await registry.LeftAsync(caller, name, limit, ct);

    /// <summary>Joins a zone with a token that one of its administrators made. For administrators.</summary>
    /// <param name="accounts">The map of accounts; null for a server that is empty.</param>
    public async Task<Result<ZoneContact>> JoinAsync(Caller caller, string token, string? accounts, CancellationToken ct)
    {
        if (!Reach(caller, Operation.SitesChange).TryGet(out ISiteNetwork? reached, out HutchError? refusal)
            || !JoinToken.Parse(token).TryGet(out JoinToken? parsed, out refusal))
        {
            return refusal;
        }

        Result<(JoinedZoneRecord Zone, AccountMap? Map, IReadOnlyDictionary<string, string> Ids)> taken = accounts is null
            ? await JoinEmptyAsync(caller, reached, parsed, ct)
            : await JoinWithAsync(caller, reached, parsed, accounts, ct);
        if (!taken.IsOk)
        {
            return taken.Error;
        }

        JoinedZoneRecord joined = taken.Value.Zone;
        Result<Done> pinned = await registry.PinAsync(caller, joined, taken.Value.Map, taken.Value.Ids, ct);
        if (!pinned.IsOk)
        {
            return pinned.Error;
        }

        await reached.FollowAsync(joined, CancellationToken.None);
        return new ZoneContact(joined, null, null);
    }

    /// <summary>Plans the join of a server with accounts and datasets, and changes nothing. For administrators.</summary>
    public async Task<Result<PlannedJoin>> PlanJoinAsync(Caller caller, string token, string accounts, CancellationToken ct)
    {
        HutchError? refusal = null;
        return !Reach(caller, Operation.SitesChange).TryGet(out ISiteNetwork? reached, out refusal)
            || !JoinToken.Parse(token).TryGet(out JoinToken? parsed, out refusal)
            || !AccountMap.Parse(accounts).TryGet(out AccountMap? map, out refusal)
            ? refusal
            : await PlanAsync(caller, reached, parsed, map, ct);
    }

    private async Task<Result<PlannedJoin>> PlanAsync(
        Caller caller, ISiteNetwork reached, JoinToken token, AccountMap map, CancellationToken ct)
    {
        if (!(await registry.PlanJoinAsync(caller, map, ct)).TryGet(out JoinPlan? plan, out HutchError? refusal)
            || (refusal = await CheckAllNamedAsync(plan, ct)) is not null)
        {
            return refusal;
        }

        var names = new List<ImportedName>();
        ImportedDataset[] bare = [.. plan.Datasets.Select(static dataset => dataset with { Grants = [] })];
        JoinedZoneRecord? zone = null;
        foreach (ImportedDataset[] some in bare.Chunk(TriedAtOnce).DefaultIfEmpty([]))
        {
            if (!(await reached.JoinWithAsync(token, plan.Accounts, some, isTrial: true, ct)).TryGet(out var tried, out refusal))
            {
                return refusal;
            }

            zone = tried.Zone;
            names.AddRange(tried.Site.Datasets);
        }

        if (names.FirstOrDefault(static name => name.Problem is not null) is { } problem)
        {
            return ErrorCode.Conflict.With(
                $"The zone does not take the dataset {plan.Names.GetValueOrDefault(problem.Dataset)}: {problem.Problem} Nothing was "
                + "changed.");
        }

        string[] renamed = [.. map.Mapped.Where(static account => account.Local != account.Zone).Select(static account => account.Local)];
        long quotas = (await records.ReadAsync(static queries => queries.Quotas(), ct)).Count(quota => renamed.Contains(quota.Owner));
        return new PlannedJoin(zone!, map, plan, names, quotas);
    }

    private async Task<Result<(JoinedZoneRecord, AccountMap?, IReadOnlyDictionary<string, string>)>> JoinEmptyAsync(
        Caller caller, ISiteNetwork reached, JoinToken token, CancellationToken ct)
    {
        if (!(await registry.PlanJoinAsync(caller, null, ct)).TryGet(out _, out HutchError? refusal)
            || (refusal = await CheckEmptyAsync(ct)) is not null)
        {
            return refusal;
        }

        return (await reached.JoinAsync(token, ct)).Then<(JoinedZoneRecord, AccountMap?, IReadOnlyDictionary<string, string>)>(
            static joined => (joined, null, new Dictionary<string, string>()));
    }

    /// <summary>Joins after a trial, so that refusals come before the zone or this server have changed.</summary>
    private async Task<Result<(JoinedZoneRecord, AccountMap?, IReadOnlyDictionary<string, string>)>> JoinWithAsync(
        Caller caller, ISiteNetwork reached, JoinToken token, string accounts, CancellationToken ct)
    {
        if (!AccountMap.Parse(accounts).TryGet(out AccountMap? map, out HutchError? refusal)
            || !(await PlanAsync(caller, reached, token, map, ct)).TryGet(out PlannedJoin? planned, out refusal))
        {
            return refusal;
        }

        return (await reached.JoinWithAsync(token, planned.Plan.Accounts, [], isTrial: false, ct))
            .Then<(JoinedZoneRecord, AccountMap?, IReadOnlyDictionary<string, string>)>(
                taken => (taken.Zone, map, taken.Site.Accounts));
    }

    /// <summary>Another server of the zone may hear of a site, and writes that down every other second. A site hears of no other.</summary>
    private SiteWithContact See(SiteRecord site)
    {
        SiteContact? contact = network?.ContactOf(site.Id);
        return new SiteWithContact(
            site, contact,
            network?.Zone is not null ? null : confirmations.IsConnected(site));
    }

    private async ValueTask<HutchError?> CheckEmptyAsync(CancellationToken ct) =>
        await records.ReadAsync(static queries => queries.DatasetsAfter(0, 1), ct) is { Count: > 0 }
            ? SiteRefusals.WithDatasets
            : null;

    /// <summary>Refuses datasets without a name: they cannot be imported, and no user could find them any more.</summary>
    private async ValueTask<HutchError?> CheckAllNamedAsync(JoinPlan plan, CancellationToken ct)
    {
        long after = 0;
        while (await records.ReadAsync(queries => queries.DatasetsAfter(after, ReadAtOnce), ct) is { Count: > 0 } some)
        {
            if (some.FirstOrDefault(dataset => dataset.Ended is null && !plan.Names.ContainsKey(dataset.Id)) is { } nameless)
            {
                return ErrorCode.Conflict.With(
                    $"The dataset {nameless.Owner}/{nameless.Slug} ({nameless.Id}) is a copy, or has lost its name. A start of the server "
                    + "gives lost names back; copies are deleted before a server joins.");
            }

            after = some[^1].Key;
        }

        return null;
    }

    private Result<ISiteNetwork> Reach(Caller caller, Operation operation)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, operation);
        return !allowed.IsOk ? allowed.Error : network is null ? NoNetwork : Result<ISiteNetwork>.Ok(network);
    }
}

/// <param name="Quotas">The number of quotas of accounts that have another name there; these quotas do not follow.</param>
public sealed record PlannedJoin(
    JoinedZoneRecord Zone, AccountMap Map, JoinPlan Plan, IReadOnlyList<ImportedName> Names, long Quotas);

/// <summary>An invite with the token that is shown once.</summary>
public sealed record IssuedJoinToken(SiteInviteRecord Invite, JoinToken Token);

/// <summary>A site, and the last information about it.</summary>
/// <param name="Contact">The last information of this server; null for none since its start.</param>
/// <param name="IsConnected">True if it is connected, to this server or another one of the zone; null at a site, which cannot know.</param>
public sealed record SiteWithContact(SiteRecord Site, SiteContact? Contact, bool? IsConnected)
{
    /// <summary>The number of datasets that it still has, or is to have, while it is drained; null for another site.</summary>
    public long? Left { get; init; }
}

/// <summary>A site after a change of its labels.</summary>
/// <param name="Seen">The last information about it; null for the site at the zone.</param>
public sealed record LabelledSite(string Name, ImmutableSortedDictionary<string, string> Labels, SiteWithContact? Seen);

/// <param name="Address">The address for other sites; null when they cannot connect.</param>
/// <param name="Zone">The zone that it has joined; null where it is the zone.</param>
/// <param name="Invites">Invites that are still open.</param>
public sealed record SiteOverview(
    string Name, BlobHash Key, string? Address, ImmutableSortedDictionary<string, string> Labels, SiteTerms Terms, ZoneContact? Zone,
    IReadOnlyList<SiteWithContact> Sites, IReadOnlyList<SiteInviteRecord> Invites)
{
    public required string Id { get; init; }

    public required IReadOnlyList<TrafficLine> Traffic { get; init; }
}
