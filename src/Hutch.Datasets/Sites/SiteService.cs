using System.Collections.Immutable;
using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Sites;

namespace Hutch.Datasets.Sites;

/// <summary>The sites of the zone, for administrators, and for operators who look.</summary>
public sealed class SiteService(SiteRegistry registry, SiteDatabase records, SiteConfirmations confirmations, ISiteNetwork? network)
{
    private static readonly HutchError NoDoor = (ErrorCode.Unprocessable with
    {
        Advice = "Set 'sites.listen' in the configuration of the zone's server, such as '*:8473', and start it again; see "
            + "docs/operations/sites.md.",
    }).With("This server has no address at which other sites could reach it.");

    private static readonly HutchError NoNetwork = ErrorCode.Unavailable.With("This server cannot speak with other sites.");

    /// <inheritdoc cref="SiteRegistry.InviteAsync"/>
    public async Task<Result<IssuedJoinToken>> InviteAsync(Caller caller, SiteInvitation wanted, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(wanted);
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

        BlobHash key = await reached.GetKeyAsync(ct);
        return (await registry.InviteAsync(caller, wanted, reached.Name, ct)).Then<IssuedJoinToken>(
            issued => new IssuedJoinToken(issued.Invite, new JoinToken(address, key, issued.Secret.Reveal())));
    }

    /// <summary>This site, the sites of the zone, and open invites.</summary>
    public async Task<Result<SiteOverview>> ListAsync(Caller caller, CancellationToken ct)
    {
        if (!Reach(caller, Operation.SitesRead).TryGet(out ISiteNetwork? reached, out HutchError? refusal)
            || !(await registry.ListAsync(caller, ct)).TryGet(out KnownSites? known, out refusal))
        {
            return refusal;
        }

        BlobHash key = await reached.GetKeyAsync(ct);
        return new SiteOverview(
            reached.Name, key, reached.Address, await registry.OwnLabelsAsync(ct), await registry.OwnTermsAsync(ct), reached.Zone,
            [.. known.Sites.Select(site => See(site) with { Left = known.Left.TryGetValue(site.Id, out long left) ? left : null })],
            known.Invites)
        {
            Id = registry.OwnId,
            Traffic = await reached.TrafficAsync(ct),
        };
    }

    /// <summary>Gives a site, which may be the one beside the zone, these labels and no others. For administrators.</summary>
    public async Task<Result<LabelledSite>> LabelAsync(
        Caller caller, string name, ImmutableSortedDictionary<string, string> labels, CancellationToken ct) =>
        network is { Zone: null } here && name == here.Name
            ? (await registry.LabelOwnAsync(caller, name, labels, ct)).Then<LabelledSite>(_ => new LabelledSite(name, labels, null))
            : (await registry.LabelAsync(caller, name, labels, ct)).Then<LabelledSite>(
                site => new LabelledSite(site.Name, site.Labels, See(site)));

    /// <summary>Says what a site takes; what is null stays as it is. For administrators of the zone, and of the site.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="name">The site, which may be the one beside the zone.</param>
    /// <param name="intake">Its state.</param>
    /// <param name="accepts">Of which datasets it takes copies; empty for all.</param>
    /// <param name="ct">Ends the wait for other changes.</param>
    public async Task<Result<SiteTerms>> SetTermsAsync(
        Caller caller, string name, SiteIntake? intake, string? accepts, CancellationToken ct)
    {
        HutchError? refusal = null;
        string? where = null;
        return network?.Zone is { } zone ? AtTheZone(zone)
            : accepts is { Length: > 0 } && !AcceptedDatasets.Check(accepts).TryGet(out where, out refusal) ? refusal
            : await registry.SetTermsAsync(
                caller, name == network?.Name ? null : name, name,
                before => new SiteTerms(intake ?? before.Intake, accepts is null ? before.Accepts : where), ct);
    }

    /// <inheritdoc cref="SiteRegistry.RemoveAsync"/>
    public ValueTask<Result<Done>> RemoveAsync(Caller caller, string name, bool isForced, CancellationToken ct) =>
        registry.RemoveAsync(caller, name, isForced, ct);

    /// <inheritdoc cref="SiteRegistry.LeftAsync"/>
    public async Task<Result<LeftAtSite>> LeftAsync(Caller caller, string name, int limit, CancellationToken ct) =>
        network?.Zone is { } zone ? AtTheZone(zone) : await registry.LeftAsync(caller, name, limit, ct);

    /// <summary>Joins a zone with a token that one of its administrators made. For administrators of a server that is empty.</summary>
    public async Task<Result<ZoneContact>> JoinAsync(Caller caller, string token, CancellationToken ct)
    {
        if (!Reach(caller, Operation.SitesChange).TryGet(out ISiteNetwork? reached, out HutchError? refusal)
            || !JoinToken.Parse(token).TryGet(out JoinToken? parsed, out refusal))
        {
            return refusal;
        }

        refusal = await registry.WhyNotJoinAsync(caller, ct) ?? await WhyNotEmptyAsync(ct);
        if (refusal is not null)
        {
            return refusal;
        }

        if (!(await reached.JoinAsync(parsed, ct)).TryGet(out JoinedZoneRecord? joined, out refusal))
        {
            return refusal;
        }

        Result<Done> pinned = await registry.PinAsync(caller, joined, ct);
        if (!pinned.IsOk)
        {
            return pinned.Error;
        }

        reached.Follow(joined);
        return new ZoneContact(joined, null, null);
    }

    /// <summary>Another server of the zone may hear of a site, and writes that down every other second. A site hears of no other.</summary>
    private SeenSite See(SiteRecord site)
    {
        SiteContact? contact = network?.ContactOf(site.Id);
        return new SeenSite(
            site, contact,
            network?.Zone is not null ? null : confirmations.IsConnected(site));
    }

    private async ValueTask<HutchError?> WhyNotEmptyAsync(CancellationToken ct) =>
        await records.ReadAsync(static queries => queries.DatasetsAfter(0, 1), ct) is { Count: > 0 }
            ? ErrorCode.Unprocessable.With(
                "This server has datasets of its own, and only an empty server can join: start one on a new data folder, and bring the "
                + "data there with `hutch clone` and `hutch push`.")
            : null;

    private static HutchError AtTheZone(ZoneContact zone) =>
        ErrorCode.Unprocessable.With($"This server is a site itself. What sites take is said at its zone, {zone.Joined.Address}.");

    private Result<ISiteNetwork> Reach(Caller caller, Operation operation)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, operation);
        return !allowed.IsOk ? allowed.Error : network is null ? NoNetwork : Result<ISiteNetwork>.Ok(network);
    }
}

/// <summary>An invite with the token that is shown once.</summary>
public sealed record IssuedJoinToken(SiteInviteRecord Invite, JoinToken Token);

/// <summary>A site, and what was last heard of it.</summary>
/// <param name="Site">The site.</param>
/// <param name="Contact">What this server has heard; null for nothing since its start.</param>
/// <param name="IsConnected">Whether it is connected, to this server or another one of the zone; null at a site, which cannot say.</param>
public sealed record SeenSite(SiteRecord Site, SiteContact? Contact, bool? IsConnected)
{
    /// <summary>How many datasets it has yet, or is to have, while it is being emptied; null for another site.</summary>
    public long? Left { get; init; }
}

/// <summary>A site that was given labels.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">The labels that it has now.</param>
/// <param name="Seen">What was last heard of it; null for the site beside the zone.</param>
public sealed record LabelledSite(string Name, ImmutableSortedDictionary<string, string> Labels, SeenSite? Seen);

/// <summary>The sites as one of them sees them.</summary>
/// <param name="Name">What this one is called.</param>
/// <param name="Key">The fingerprint of its key.</param>
/// <param name="Address">Where others dial it; null when they cannot.</param>
/// <param name="Labels">What rules choose it by.</param>
/// <param name="Terms">What it takes.</param>
/// <param name="Zone">The zone that it has joined; null where it is the zone.</param>
/// <param name="Sites">The sites that have joined this zone.</param>
/// <param name="Invites">Invites that are still open.</param>
public sealed record SiteOverview(
    string Name, BlobHash Key, string? Address, ImmutableSortedDictionary<string, string> Labels, SiteTerms Terms, ZoneContact? Zone,
    IReadOnlyList<SeenSite> Sites, IReadOnlyList<SiteInviteRecord> Invites)
{
    /// <summary>The id of this one.</summary>
    public required string Id { get; init; }

    /// <summary>What this server exchanged with each other site.</summary>
    public required IReadOnlyList<TrafficLine> Traffic { get; init; }
}
