using System.Collections.Immutable;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Zone.Replication.Sites;

/// <summary>The zone's sites, invites and keys and, at a site, the joined zone. See docs/design/federation.md (sites and trust).</summary>
public sealed class SiteRegistry
{
    private const string Target = Placements.SiteTarget;

    /// <summary>The action in the audit for a valid token that was refused.</summary>
    private const string JoinRefused = "site.join-refused";

    private static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ZoneDatabase _zone;
    private readonly string _ownRegion;
    private readonly TimeProvider _time;

    /// <param name="ownRegion">The region of signatures of S3 keys for the zone's own site, which no other site gets.</param>
    internal SiteRegistry(ZoneDatabase zone, string ownRegion, TimeProvider time) => (_zone, _ownRegion, _time) = (zone, ownRegion, time);

    public string ZoneId => _zone.Id;

    /// <summary>The id of this site; for the zone's own site, that of the zone.</summary>
    public string OwnId => _zone.SiteId;

    /// <summary>The zone that this server has joined; null for a zone.</summary>
    public JoinedZoneRecord? Zone => _zone.Joined;

    /// <inheritdoc cref="ZoneViewState.IsOutdated"/>
    public bool IsOutdated => _zone.View.IsOutdated;

    /// <summary>True if one server has the zone to itself; then the key of this site is a separate file.</summary>
    public bool IsEmbedded => _zone.IsEmbedded;

    /// <summary>Creates an invite for one site. For administrators.</summary>
    public async ValueTask<Result<IssuedSiteInvite>> InviteAsync(
        Caller caller, SiteInvitation wanted, string ownName, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesChange);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        TimeSpan lifetime = wanted.Lifetime ?? UsualLifetime;
        if (lifetime <= TimeSpan.Zero || lifetime > LongestLifetime)
        {
            return ErrorCode.Unprocessable.With($"An invite for a site is good for at most {LongestLifetime.TotalDays:0} days.");
        }

        (string id, BlobHash hash, IssuedSecret secret) = Credential.Issue(CredentialKind.Join, _zone.Id);
        return await _zone.ChangeAsync(
            caller.Actor,
            change => FindInviteRefusal(change, wanted, ownName) is { } refusal ? refusal
                : SiteRefusals.OfAccounts(change, wanted.Accounts) is { } unknown ? unknown
                : (Result<IssuedSiteInvite>)Create(change),
            ct);

        IssuedSiteInvite Create(ZoneChange change)
        {
            // `hutch site remove` would remove the site itself: another token for its return replaces the last one.
            foreach (SiteInviteRecord open in change.SiteInvites.ListOpen().Where(open => wanted.IsReturn && open.Name == wanted.Name))
            {
                change.SiteInvites.Revoke(open.Id);
            }

            SiteInviteRecord invite = change.SiteInvites.Create(
                id, hash, wanted.Name, wanted.Labels, wanted.Key, [.. (wanted.Accounts?.Mapped ?? []).Select(static one => one.Target)],
                caller.UserId, _time.GetUtcNow() + lifetime, wanted.IsReturn ? change.Sites.FindByName(wanted.Name)!.Id : null);
            change.AddAudit(
                "site.invite", Target + wanted.Name,
                $"invite {id}{(wanted.IsReturn ? ", for its return" : "")}"
                + $"{(invite.Accounts.Count > 0 ? ", for datasets of " + string.Join(' ', invite.Accounts) : "")}");
            return new IssuedSiteInvite(invite, secret);
        }
    }

    public async ValueTask<Result<KnownSites>> ListAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesRead);
        return allowed.IsOk
            ? await _zone.ReadAsync(
                static tables => new KnownSites(tables.Sites.List(), tables.SiteInvites.ListOpen())
                {
                    Left = tables.Sites.List().Where(static site => site.Terms.Intake == SiteIntake.Draining)
                        .ToDictionary(static site => site.Id, site => tables.Copies.CountLeftAt(site.Id), StringComparer.Ordinal),
                },
                ct)
            : allowed.Error;
    }

    /// <summary>Returns the number and first of the datasets that a site has or gets. For callers with the right to see sites.</summary>
    public async ValueTask<Result<RemainingAtSite>> LeftAsync(Caller caller, string name, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesRead);
        return allowed.IsOk
            ? await _zone.ReadAsync(
                tables => tables.Sites.FindByName(name) is { } site
                    ? new RemainingAtSite(tables.Copies.CountLeftAt(site.Id), tables.Copies.LeftAt(site.Id, limit))
                    : (Result<RemainingAtSite>)SiteName.Unknown(name),
                ct)
            : allowed.Error;
    }

    /// <summary>Replaces the labels of a site. For administrators.</summary>
    public ValueTask<Result<SiteRecord>> LabelAsync(
        Caller caller, string name, ImmutableSortedDictionary<string, string> labels, CancellationToken ct) =>
        ChangeSiteAsync(
            caller, name,
            (change, site) =>
            {
                change.Sites.SetLabels(site.Id, labels);
                foreach (RuleRecord rule in change.Rules.Serving().Where(
                    rule => ServingBounds.IsMeant(rule.Rule, site.Name, site.Labels)
                        != ServingBounds.IsMeant(rule.Rule, site.Name, labels)))
                {
                    change.Feed.SendAgain(rule.Scope);
                }

                change.AddAudit("site.label", Target + site.Name, SiteLabels.Format(labels));
                return change.Sites.Find(site.Id)!;
            },
            ct);

    /// <summary>Changes the terms of a site. For administrators, also those of the site.</summary>
    /// <param name="name">The site; null for the zone's own site.</param>
    public async ValueTask<Result<SiteTerms>> SetTermsAsync(
        Caller caller, string? name, string shown, Func<SiteTerms, SiteTerms> edit, CancellationToken ct)
    {
        return await _zone.ChangeAsync(caller.Actor, Set, ct);

        Result<SiteTerms> Set(ZoneChange change)
        {
            SiteRecord? site = name is null ? null : change.Sites.FindByName(name);
            Result<Done> allowed = Authorizer.AuthorizeAtSite(change, caller, site?.Id ?? change.ZoneId, Operation.SitesChange);
            if (!allowed.IsOk)
            {
                return allowed.Error;
            }

            if (name is not null && site is null)
            {
                return SiteName.Unknown(name);
            }

            SiteTerms terms = edit(site?.Terms ?? change.Sites.OwnTerms());
            if (site is null && terms.Intake == SiteIntake.Draining)
            {
                return ErrorCode.Unprocessable.With(
                    $"{shown} is the site of the zone itself, which cannot be removed, nor emptied for that.");
            }

            if (site is null)
            {
                change.Sites.SetOwnTerms(terms);
            }
            else
            {
                change.Sites.SetTerms(site.Id, terms);
            }

            change.AddAudit("site.terms", Target + shown, $"{terms.Intake.ToName()}, copies where {terms.Accepts ?? "any"}");
            return terms;
        }
    }

    public ValueTask<long> SequenceAsync(CancellationToken ct) => _zone.ReadAsync(static tables => tables.Feed.Newest().Sequence, ct);

    public ValueTask<SiteTerms> OwnTermsAsync(CancellationToken ct) => _zone.ReadAsync(_zone.LocalTerms, ct);

    public ValueTask<ImmutableSortedDictionary<string, string>> OwnLabelsAsync(CancellationToken ct) => _zone.ReadAsync(
        tables => _zone.Joined is null ? tables.Sites.OwnLabels() : tables.Sites.Find(_zone.SiteId)?.Labels ?? SiteLabels.Empty, ct);

    /// <summary>Replaces the labels of the zone's own site. For administrators.</summary>
    public async ValueTask<Result<Done>> LabelOwnAsync(
        Caller caller, string name, ImmutableSortedDictionary<string, string> labels, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesChange);
        return allowed.IsOk
            ? await _zone.ChangeAsync<Done>(
                caller.Actor,
                change =>
                {
                    if (change.Rules.Serving().FirstOrDefault(rule => !ServingBounds.IsMeant(rule.Rule, name, labels)) is { } rule)
                    {
                        return ErrorCode.Conflict.With(
                            $"With these labels, rule {rule.Number} ('{rule.Rule}') would leave out {name}, which has to know every "
                            + "dataset.");
                    }

                    change.Sites.SetOwnLabels(labels);
                    change.AddAudit("site.label", Target + name, SiteLabels.Format(labels));
                    return Done.Value;
                },
                ct)
            : allowed.Error;
    }

    /// <summary>
    /// Removes a site, whose key is refused from then on, or withdraws the open invites with that name. For administrators.
    /// </summary>
    /// <param name="isForced">True to remove a site even if it has data that no other site has.</param>
    public async ValueTask<Result<Done>> RemoveAsync(Caller caller, string name, bool isForced, CancellationToken ct)
    {
        Result<SiteRecord> removed = await ChangeSiteAsync(
            caller, name,
            (change, site) =>
            {
                if (!isForced && SiteRefusals.CheckRemovable(change, site) is { } refusal)
                {
                    return refusal;
                }

                change.Sites.Remove(site.Id);
                change.SiteConsents.EndAllAt(site.Id);
                change.Roles.DeleteSite(site.Id);
                change.AddAudit("site.remove", Target + site.Name, site.Id);
                return site;
            },
            ct);
        return removed.IsOk ? Done.Value
            : removed.Error.Code == ErrorCode.NotFound ? await WithdrawAsync(caller, name, removed.Error, ct)
            : removed.Error;
    }

    /// <summary>
    /// Admits a site whose connection has proved that it has a key. Repeating it with the same key gives the same answer, because the first
    /// response may have been lost.
    /// </summary>
    public ValueTask<Result<SiteRecord>> JoinAsync(string credential, BlobHash key, CancellationToken ct) =>
        JoinAsync(credential, key, formerId: null, ct);

    /// <param name="formerId">The id of the site in this zone before the zone lost it; null for none.</param>
    /// <inheritdoc cref="JoinAsync(string, BlobHash, CancellationToken)"/>
    public ValueTask<Result<SiteRecord>> JoinAsync(string credential, BlobHash key, string? formerId, CancellationToken ct) =>
        AdmitAsync<SiteRecord>(credential, key, formerId, static (_, _, site) => site, ct);

    /// <summary>Admits a site and makes related changes in one transaction.</summary>
    internal async ValueTask<Result<T>> AdmitAsync<T>(
        string credential, BlobHash key, string? formerId, Func<ZoneChange, SiteInviteRecord, SiteRecord, Result<T>> then,
        CancellationToken ct)
    {
        if (Credential.TryParse(credential, out Credential presented) && presented.Kind == CredentialKind.Join
            && TokenText.ZoneOf(credential).SequenceEqual(_zone.Id))
        {
            (string id, BlobHash hash) = (presented.Id.ToString(), presented.SecretHash);
            HutchError? noted = null;
            Result<T> joined = await _zone.ChangeAsync(
                AuditActor.Server,
                change => Admit(change, id, hash, key, formerId, out noted)
                    .Then(site => then(change, change.SiteInvites.Find(id)!, site)),
                ct);
            if (noted is not null)
            {
                await _zone.AuditAsync(
                    AuditActor.Server, JoinRefused, $"invite:{id}", $"key {SiteKeyText.Format(key)}: {noted.Message}", ct);
            }

            return joined;
        }

        return SiteRefusals.UnknownInvite;
    }

    /// <summary>Returns the site with this key; null for an unknown or removed one. Called for each request of a site.</summary>
    public ValueTask<SiteRecord?> FindAsync(BlobHash key, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Sites.FindByKey(key), ct);

    /// <summary>Returns the peer with this key; at a site, the zone's own site is also a peer.</summary>
    public ValueTask<SitePeer?> FindPeerAsync(BlobHash key, CancellationToken ct) => _zone.Joined is { } zone && zone.Key == key
        ? new ValueTask<SitePeer?>(SitePeer.From(zone))
        : _zone.ReadAsync(tables => tables.Sites.FindByKey(key) is { } site ? SitePeer.From(site) : null, ct);

    /// <summary>Returns the peer with an id; null for an unknown or removed one.</summary>
    public ValueTask<SitePeer?> FindPeerAsync(string siteId, CancellationToken ct) => _zone.Joined is { } zone && zone.Zone == siteId
        ? new ValueTask<SitePeer?>(SitePeer.From(zone))
        : _zone.ReadAsync(tables => tables.Sites.Find(siteId) is { RemovedAt: null } site ? SitePeer.From(site) : null, ct);

    public ValueTask<Result<Done>> SetAddressAsync(SiteRecord site, string? address, CancellationToken ct)
    {
        return _zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Sites.SetAddress(site.Id, address);
                change.AddAudit("site.address", Target + site.Name, address ?? "none");
                return Done.Value;
            },
            ct);
    }

    /// <summary>Returns the sites, and the number of the newest change that each has to confirm.</summary>
    public ValueTask<(long Newest, IReadOnlyList<SiteRecord> Sites)> StateAsync(CancellationToken ct) =>
        _zone.ReadAsync(static tables => (tables.Feed.Newest().Sequence, tables.Sites.List()), ct);

    /// <summary>Returns true if this server is a zone without other sites.</summary>
    public async ValueTask<bool> IsAloneAsync(CancellationToken ct) =>
        Zone is null && await _zone.ReadAsync(static tables => tables.Sites.List().Count == 0, ct);

    /// <summary>Records a message of a site, with the number up to which it has the feed durably and its free space.</summary>
    public async ValueTask RecordContactAsync(
        string siteId, long? confirmed, long? freeBytes, CancellationToken ct) => _ = await _zone.KeepAsync(
        tables =>
        {
            tables.Sites.RecordContact(siteId, confirmed, freeBytes);
            return Done.Value;
        },
        ct);

    /// <summary>Returns the zone that this server has joined; null for a zone.</summary>
    public ValueTask<JoinedZoneRecord?> FindZoneAsync(CancellationToken ct) =>
        _zone.ReadAsync(static tables => tables.JoinedZone.Find(), ct);

    /// <summary>Waits until another server of the site has joined a zone, and returns that.</summary>
    public async Task<JoinedZoneRecord> WaitJoinedAsync(CancellationToken ct)
    {
        while (true)
        {
            long version = _zone.Version;
            try
            {
                await _zone.SyncViewAsync(ct);
                if (_zone.Joined is { } joined)
                {
                    return joined;
                }
            }
            catch (HutchException)
            {
                // The shared records are away: their return need not change the version.
                await Task.Delay(LookEvery, _time, ct);
                continue;
            }

            await _zone.WaitForChangeAsync(version, ct);
        }
    }

    /// <summary>
    /// Returns the plan for joining a zone with the data of this server, or the reason why it may not. Without a map it must have no data.
    /// </summary>
    public async ValueTask<Result<JoinPlan>> PlanJoinAsync(Caller caller, AccountMap? map, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesChange);
        return !allowed.IsOk ? allowed.Error
            : await _zone.ReadAsync(tables => Plan(tables, map), ct);
    }

    /// <summary>Records the zone that has admitted this server and, in the same change, the datasets to report to it.</summary>
    /// <param name="map">The accounts of the zone for those of this server; null where it has none.</param>
    public async ValueTask<Result<Done>> PinAsync(
        Caller caller, JoinedZoneRecord joined, AccountMap? map, IReadOnlyDictionary<string, string> accounts, CancellationToken ct)
    {
        return await _zone.JoinAsync(caller.Actor, joined, Bring, ct);

        // It may have changed since it was asked.
        Result<IReadOnlyList<(ImportedDataset Dataset, PrincipalId Owner)>> Bring(ZoneTables tables)
        {
            if (!Plan(tables, map).TryGet(out JoinPlan? plan, out HutchError? refusal))
            {
                return refusal;
            }

            var imported = new List<(ImportedDataset Dataset, PrincipalId Owner)>();
            foreach (ImportedDataset dataset in plan.Datasets)
            {
                if (!PrincipalId.TryParse(accounts.GetValueOrDefault(dataset.Owner), out PrincipalId owner))
                {
                    return ErrorCode.Conflict.With($"{dataset.Owner} came to own a dataset while this server joined. Join again.");
                }

                imported.Add((dataset, owner));
            }

            return imported;
        }
    }

    /// <summary>
    /// Returns the reason why this server cannot return to a zone as one of its sites; null if it can. Its accounts end with that.
    /// </summary>
    /// <param name="isMarked">True if its key is that of a joined site.</param>
    public ValueTask<HutchError?> FindReturnRefusalAsync(bool isMarked, CancellationToken ct) => _zone.ReadAsync(
        tables => _zone.Joined is not null ? null : SiteRefusals.CheckCanReturn(tables, isMarked), ct);

    /// <summary>Makes this again the site that it was, of the same zone, whatever became of its own records.</summary>
    public ValueTask<Result<Done>> ReturnAsync(JoinedZoneRecord joined, CancellationToken ct) =>
        _zone.ReturnAsync(AuditActor.Server, joined, ct);

    private Result<JoinPlan> Plan(ZoneTables tables, AccountMap? map) =>
        map is not null ? JoinPlan.Make(tables, map, _zone.Id)
        : SiteRefusals.CheckCanJoin(tables) is { } refusal ? refusal
        : new JoinPlan([], [], new Dictionary<string, long>());

    /// <summary>Returns the key that the servers of a zone share; the first call creates it.</summary>
    public async ValueTask<byte[]> ShareKeyAsync(string name, Func<byte[]> make, CancellationToken ct)
    {
        return await SharedSecret.EnsureAsync(_zone, name, "site-key.share", make(), ct);
    }

    private Result<SiteRecord> Admit(
        ZoneChange change, string id, BlobHash secretHash, BlobHash key, string? formerId, out HutchError? noted)
    {
        noted = null;
        if (change.SiteInvites.Find(id) is not { } invite || !Credential.AreEqual(secretHash, invite.SecretHash))
        {
            return SiteRefusals.UnknownInvite;
        }

        if (invite.UsedByKey == key && change.Sites.Find(invite.SiteId!) is { RemovedAt: null } before && before.Key == key)
        {
            change.AddAudit("site.join", Target + before.Name, "asked again with the same key");
            return before;
        }

        if (SiteRefusals.OfInvite(change, invite, key, _time.GetUtcNow()) is { } refusal)
        {
            noted = refusal;
            return refusal;
        }

        if (invite.SiteId is { } returning)
        {
            change.Sites.SetKey(returning, key);
            change.SiteInvites.Use(id, key, returning);
            change.AddAudit("site.join", Target + invite.Name, $"is back with the key {SiteKeyText.Format(key)}, invite {id}");
            return change.Sites.Find(returning)!;
        }

        // A zone that was restored from before the join knows neither the site nor its id, by which the homes of its datasets are known.
        bool isForgotten = formerId is not null && TokenText.IsId(formerId) && formerId != _zone.Id && change.Sites.Find(formerId) is null;
        string siteId = isForgotten ? formerId! : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenText.IdLength / 2));
        SiteRecord site = change.Sites.Add(
            siteId, invite.Name, key, invite.Labels, SiteRegions.Choose(change, invite.Name, siteId, _ownRegion), isForgotten);
        change.SiteInvites.Use(id, key, siteId);
        change.AddAudit(
            "site.join", Target + site.Name, $"id {siteId}, key {SiteKeyText.Format(key)}, invite {id}, region {site.Region}");
        return site;
    }

    private async ValueTask<Result<SiteRecord>> ChangeSiteAsync(
        Caller caller, string name, Func<ZoneChange, SiteRecord, Result<SiteRecord>> work, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesChange);
        return allowed.IsOk
            ? await _zone.ChangeAsync(
                caller.Actor,
                change => change.Sites.FindByName(name) is { } site
                    ? work(change, site)
                    : (Result<SiteRecord>)SiteName.Unknown(name),
                ct)
            : allowed.Error;
    }

    private ValueTask<Result<Done>> WithdrawAsync(Caller caller, string name, HutchError unknown, CancellationToken ct) =>
        _zone.ChangeAsync<Done>(
            caller.Actor,
            change =>
            {
                SiteInviteRecord[] open = [.. change.SiteInvites.ListOpen().Where(invite => invite.Name == name)];
                foreach (SiteInviteRecord invite in open)
                {
                    change.SiteInvites.Revoke(invite.Id);
                    change.AddAudit("site.withdraw", Target + name, $"invite {invite.Id}");
                }

                return open.Length > 0 ? Done.Value : unknown;
            },
            ct);

    private static HutchError? FindInviteRefusal(ZoneChange change, SiteInvitation wanted, string ownName)
    {
        if (!wanted.IsReturn)
        {
            return RefuseTaken(change, wanted.Name, ownName);
        }

        if (change.Sites.FindByName(wanted.Name) is null)
        {
            return SiteName.Unknown(wanted.Name);
        }

        if (wanted.Accounts is not null)
        {
            return ErrorCode.Unprocessable.With("A site that is taken back brings no accounts.");
        }

        return null;
    }

    private static HutchError? RefuseTaken(ZoneChange change, string name, string ownName) =>
        name == ownName || change.Sites.FindByName(name) is not null
            ? ErrorCode.AlreadyExists.With($"There is a site {name} in this zone.")
            : change.SiteInvites.ListOpen().FirstOrDefault(invite => invite.Name == name) is { } open
                ? ErrorCode.AlreadyExists.With(
                    $"A site {name} is already invited, until {Display.Minute(open.ExpiresAt)}. `hutch site remove {name}` "
                    + "withdraws that invite.")
                : null;
}
