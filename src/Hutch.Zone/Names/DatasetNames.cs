using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Visits;

namespace Hutch.Zone.Names;

/// <summary>
/// Names and owners of datasets. Each method authorizes, changes the zone in one transaction and adds a line to the audit. Thread-safe.
/// </summary>
public sealed class DatasetNames
{
    /// <summary>The key of a refusal's detail with the full names of the possible datasets.</summary>
    public const string CandidatesDetail = "candidates";

    private const int MaxNamed = 20;

    private const int MaxSameSlug = 1000;

    /// <summary>
    /// The time after which other servers treat a name without a dataset as abandoned. A creation takes a second, but its end may not be
    /// visible everywhere yet.
    /// </summary>
    private static readonly TimeSpan MakingLimit = TimeSpan.FromMinutes(5);

    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;
    private readonly TimeProvider _time;

    public DatasetNames(ZoneDatabase zone, Authorizer authorizer, TimeProvider time)
    {
        _zone = zone;
        _authorizer = authorizer;
        _time = time;
    }

    /// <summary>True if the names are a view of another zone, which alone assigns and frees them.</summary>
    public bool AreOfAnotherZone => _zone.Joined is not null;

    /// <inheritdoc cref="ZoneDatabase.SiteId"/>
    public string SiteId => _zone.SiteId;

    /// <summary>
    /// Reserves a name for a new dataset before the site creates it. Repeating it with the same id and name gives the same answer, so that
    /// a caller can retry after a lost response.
    /// </summary>
    /// <param name="caller">
    /// The creator, who also becomes the owner unless another one is named. That may be a group that the caller manages, or an owner that
    /// an administrator allowed (<see cref="Operation.DatasetCreateFor"/>); in the last case the caller gets the right to write.
    /// </param>
    /// <param name="owner">The user or group that will own it; null for the caller.</param>
    public async ValueTask<Result<NameRecord>> ReserveAsync(
        Caller caller, DatasetId dataset, AccountName? owner, Slug slug, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.DatasetCreate);
        return allowed.IsOk
            ? await _zone.ChangeAsync(caller.Actor, change => Reserve(change, caller, dataset, owner, slug, null), ct)
            : allowed.Error;
    }

    /// <summary>
    /// Checks whether the caller may create datasets for an owner, before there is a dataset. At a site of another zone it checks only the
    /// token: the zone checks the rest when it gives the name.
    /// </summary>
    /// <param name="owner">The user or group that will own the dataset; null for the caller.</param>
    public async ValueTask<Result<Done>> AuthorizeCreationAsync(Caller caller, AccountName? owner, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.DatasetCreate);
        return !allowed.IsOk || AreOfAnotherZone
            ? allowed
            : (await _zone.ReadAsync(tables => OwnerOf(tables, caller, owner), ct)).Then<Done>(static _ => Done.Value);
    }

    /// <summary>
    /// Frees the name of a dataset that is gone or was never created, and deletes every grant and link on it. It does not authorize: it
    /// follows an authorized operation or a comparison with the site's datasets.
    /// </summary>
    public async ValueTask<bool> ReleaseAsync(AuditActor actor, DatasetId dataset, string reason, CancellationToken ct)
    {
        Result<bool> released = await _zone.ChangeUnlimitedAsync<bool>(
            actor,
            change =>
            {
                bool was = change.Names.Release(dataset);
                change.AddAudit("name.release", "dataset:" + dataset, reason);
                return was;
            },
            ct);
        return released.Value;
    }

    /// <summary>
    /// Frees the name of a dataset that was never created; false when another server may be creating it. If several servers share the zone,
    /// a name is reserved for <see cref="MakingLimit"/>. It does not authorize, because the server calls it.
    /// </summary>
    public async ValueTask<bool> ReleaseUnusedAsync(DatasetId dataset, CancellationToken ct)
    {
        Result<bool> released = await _zone.ChangeUnlimitedAsync<bool>(
            AuditActor.Server,
            change =>
            {
                if (change.Names.Find(dataset) is { } name && MayBeMade(name.CreatedAt))
                {
                    return ErrorCode.Conflict.With($"Another server may be making the dataset {dataset}.");
                }

                // Another server may have freed it a moment ago; the result is the same.
                change.Names.Release(dataset);
                change.AddAudit("name.release", "dataset:" + dataset, "the dataset was never created");
                return true;
            },
            ct);
        return (released.IsOk || released.Error.Code != ErrorCode.Conflict) && released.Value;
    }

    /// <summary>
    /// Returns the visit to which results of some datasets belong: the one that owns all of them, while the caller may create datasets of
    /// it; otherwise null, for the caller.
    /// </summary>
    public async ValueTask<AccountName?> FindResultOwnerAsync(Caller caller, IEnumerable<DatasetId> inputs, CancellationToken ct)
    {
        return caller.Groups.Any(static group => group.IsVisit)
            ? await _zone.ReadAsync(
                tables =>
                {
                    PrincipalRecord?[] owners = [.. inputs.Select(input => tables.Names.Find(input)?.Owner).Distinct()];
                    return owners is [{ Kind: PrincipalKind.Group } owner] && caller.IsMemberOf(owner.Id)
                        && tables.Visits.Find(owner.Id)?.HasEnded(tables.Visits.Now) == false
                            ? AccountName.Parse(owner.Name).Value
                            : (AccountName?)null;
                },
                ct)
            : null;
    }

    /// <summary>Returns the visit that owns datasets of a name; null for a user or an ordinary group.</summary>
    public ValueTask<VisitRecord?> FindVisitAsync(PrincipalRecord owner, CancellationToken ct)
    {
        return owner.Kind == PrincipalKind.User
            ? ValueTask.FromResult<VisitRecord?>(null)
            : _zone.ReadAsync(tables => tables.Visits.Find(owner.Id), ct);
    }

    /// <summary>Returns the visit of a name; null if it is that of a user or an ordinary group. It does not authorize.</summary>
    public ValueTask<VisitRecord?> FindVisitAsync(string owner, CancellationToken ct) => _zone.ReadAsync(
        tables => tables.Principals.FindGroup(owner) is { } group ? tables.Visits.Find(group.Id) : null, ct);

    /// <summary>Returns true if another server of the site may be creating the dataset of a name given at that time.</summary>
    public bool MayBeMade(DateTimeOffset givenAt) => !_zone.IsEmbedded && givenAt > _time.GetUtcNow() - MakingLimit;

    /// <summary>
    /// Gives a dataset without a name (after a restore of the zone from an older copy) the name in its record. If the name is taken, it
    /// gets a number. An unknown owner gets a disabled account, which an administrator enables or hands over: nobody else comes to own the
    /// data. It does not authorize, because the server calls it.
    /// </summary>
    public async ValueTask<bool> AdoptAsync(DatasetId dataset, string owner, string slug, CancellationToken ct)
    {
        if (await _zone.ReadAsync(tables => tables.Names.Find(dataset) is not null, ct))
        {
            return false;
        }

        Result<NameRecord> adopted = await _zone.ChangeAsync(
            AuditActor.Server,
            change =>
            {
                if (!FindOrMakeOwner(change, owner).TryGet(out PrincipalRecord? principal, out HutchError? refusal))
                {
                    return refusal;
                }

                string free = change.Names.FindFree(principal.Name, slug);
                return change.Names.Reserve(dataset, principal, free, Visibility.Private).Then<NameRecord>(name =>
                {
                    change.AddAudit("name.adopt", "dataset:" + dataset, name.FullName);
                    return name;
                });
            },
            ct);
        return adopted.IsOk;
    }

    private static Result<PrincipalRecord> FindOrMakeOwner(ZoneChange change, string owner)
    {
        if (change.Principals.Find(owner) is { } known)
        {
            return known;
        }

        return AccountName.Parse(owner)
            .Then(name => AccountService.AddUser(change, name.Value, null, []))
            .Then<PrincipalRecord>(user =>
            {
                change.Principals.SetDisabled(user.Id, disabled: true);
                change.AddAudit(Operation.UserChange.Name, "user:" + user.Name, "disabled: the account owns datasets, and was lost");
                return new PrincipalRecord(user.Id, PrincipalKind.User, user.Name);
            });
    }

    /// <summary>Lists all names in the order of dataset ids, after an id, for a comparison with the site's datasets.</summary>
    public ValueTask<IReadOnlyList<NameRecord>> ListAllAsync(DatasetId? after, int limit, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Names.ListAll(after, limit), ct);

    public ValueTask<Result<NameRecord>> RenameAsync(Caller caller, DatasetId dataset, Slug slug, CancellationToken ct) =>
        _zone.ChangeAsync(
            caller.Actor,
            change => _authorizer.Authorize(change, caller, dataset, Operation.DatasetEdit).Then(access =>
                change.Names.Rename(dataset, access.Dataset.Owner, slug.Value).Then<NameRecord>(renamed =>
                {
                    change.AddAudit(
                        Operation.DatasetEdit.Name, "dataset:" + dataset, $"{access.Dataset.FullName} is now {renamed.FullName}");
                    return renamed;
                })),
            ct);

    /// <summary>
    /// Resolves a reference to a dataset that the caller may view: an id, <c>owner/slug</c>, or a slug alone. For a slug alone, the
    /// caller's own dataset comes first, then the only one shared for writing, then the only one with a lesser right. Two at the same step
    /// are a conflict that names them. Public datasets never count, so that other users cannot change the meaning of a name.
    /// </summary>
    public async ValueTask<Result<Access>> ResolveAsync(Caller caller, DatasetRef reference, CancellationToken ct)
    {
        if (reference.Id is DatasetId id)
        {
            return await _authorizer.LocateAsync(caller, id, ct);
        }

        string slug = reference.Slug is Slug given
            ? given.Value
            : throw new ArgumentException("A reference names an id or a slug.", nameof(reference));
        IReadOnlyList<NameRecord> named = await _zone.ReadAsync(t => Candidates(t, caller, reference.Owner, slug), ct);
        List<Access> visible = [];
        HutchError? tooNarrow = null;
        foreach (NameRecord name in named)
        {
            Result<Access> access = await _authorizer.LocateAsync(caller, name.Dataset, ct);
            if (access.IsOk)
            {
                visible.Add(access.Value);
            }
            else if (access.Error.Code == ErrorCode.ScopeMissing)
            {
                tooNarrow = access.Error;
            }
        }

        // A provisional name keeps its original meaning at this site.
        HashSet<string?> aliases = [.. visible.Select(static access => access.Dataset.Alias)];
        visible.RemoveAll(access => aliases.Contains(access.Dataset.FullName));
        Result<Access> chosen = Choose(caller, reference, visible, tooNarrow);
        if (chosen.IsOk || reference.Owner is not null || chosen.Error.Code == ErrorCode.Conflict)
        {
            return chosen;
        }

        var open = new VisibleNames { Principals = [], IncludePublic = true, Slug = slug, Limit = MaxNamed };
        IReadOnlyList<NameRecord> others = await _zone.ReadAsync(tables => tables.Names.ListVisible(open), ct);
        return others.Count == 0 || caller.Scope.Datasets is not null || caller.Kind is CallerKind.Link or CallerKind.Partner
            ? chosen
            : Named(
                ErrorCode.NotFound, $"None of your datasets, nor any that is shared with you, is called '{slug}'. For a public one, "
                + "give its owner too: ", others);
    }

    /// <summary>
    /// Returns the only dataset with a name, regardless of rights; null for none or several. It does not authorize. It serves public
    /// answers before the caller is known, limited to data that the owner has made public.
    /// </summary>
    public ValueTask<DatasetId?> FindOnlyAsync(DatasetRef reference, CancellationToken ct) => reference.Id is DatasetId id
        ? new ValueTask<DatasetId?>(id)
        : _zone.ReadAsync<DatasetId?>(
            tables => reference.Owner is AccountName owner
                ? tables.Names.Find(owner.Value, reference.Slug?.Value ?? "")?.Dataset
                : tables.Names.FindBySlug(reference.Slug?.Value ?? "", 2) is [var only] ? only.Dataset : null,
            ct);

    /// <summary>Returns true if a dataset of an owner has this name. It does not authorize.</summary>
    public ValueTask<bool> IsTakenAsync(string owner, string slug, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Names.Find(owner, slug) is not null, ct);

    /// <summary>Lists the datasets that the caller may view, by owner and slug. A link sees its own, the public the public ones.</summary>
    public async ValueTask<Result<IReadOnlyList<NameRecord>>> ListAsync(Caller caller, VisibleNamesFilter filter, CancellationToken ct)
    {
        if (!AuthorizeList(caller).TryGet(out _, out HutchError? refusal))
        {
            return refusal;
        }

        if (caller.Link is { } link)
        {
            return await OnlyAsync(caller, [link.Dataset], filter, ct);
        }

        if (caller.Partner is { } partner)
        {
            IReadOnlyList<DatasetId> given = await _zone.ReadAsync(tables => ListGiven(tables, partner, filter), ct);
            return await OnlyAsync(caller, given, filter, ct);
        }

        if (caller.Scope.Datasets is { } restricted)
        {
            return await OnlyAsync(caller, restricted, filter, ct);
        }

        RoleSet roles = filter.Everything && caller.Scope.Carries(TokenScopes.Admin) ? caller.Roles : RoleSet.None;
        var query = new VisibleNames
        {
            Principals = caller.Principals,
            Everything = roles.Without(Role.SiteAdmin).Intersects(Operation.DatasetView.Roles),
            HomeId = roles.Contains(Role.SiteAdmin) ? _zone.SiteId : null,
            HeldAt = caller.Scope.IsHeldOnly ? caller.Scope.Site : null,
            OnlyShared = filter.OnlyShared,
            IncludePublic = filter.IncludePublic || !caller.IsUser,
            Owner = filter.Owner,
            After = filter.After,
            IsNewestFirst = filter.IsNewestFirst,
            Before = filter.Before,
            Limit = filter.Limit,
        };
        return Result<IReadOnlyList<NameRecord>>.Ok(await _zone.ReadAsync(tables => tables.Names.ListVisible(query), ct));
    }

    /// <summary>Returns the datasets of a partner, as many of each owner as a filter wants.</summary>
    private static IReadOnlyList<DatasetId> ListGiven(ZoneTables tables, PartnerCaller partner, VisibleNamesFilter filter)
    {
        return [.. partner.Areas.SelectMany(ListOf).Distinct()];

        IEnumerable<DatasetId> ListOf(PartnerArea area) => area.Dataset is { } only ? [only]
            : filter.Owner is { } owner && owner != area.Owner.Name ? []
            : tables.Names.ListVisible(new VisibleNames
            {
                Principals = [],
                Everything = true,
                Owner = area.Owner.Name,
                After = filter.After,
                IsNewestFirst = filter.IsNewestFirst,
                Before = filter.Before,
                Limit = filter.Limit,
            }).Select(static name => name.Dataset);
    }

    public static Result<Done> AuthorizeList(Caller caller)
    {
        return caller.Kind == CallerKind.User && !caller.Scope.Carries(TokenScopes.Read)
            ? ErrorCode.ScopeMissing.With("To list datasets, this token needs the scope 'read'.", "missingScope", "read")
            : Done.Value;
    }

    /// <summary>Reserves a name for a caller with permission to create datasets.</summary>
    /// <param name="owner">The user or group that will own it; null for the caller.</param>
    /// <param name="homeId">The site that will be the home; null for the zone's own site.</param>
    /// <param name="isThere">
    /// True if the dataset already exists at that site, whose intake is then not checked. A taken name gets a number.
    /// </param>
    internal static Result<NameRecord> Reserve(
        ZoneChange change, Caller caller, DatasetId dataset, AccountName? owner, Slug slug, string? homeId, bool isThere = false)
    {
        bool isNew = change.Names.Find(dataset) is null;
        Result<(PrincipalRecord Owner, Operation Operation)> found = isNew && !isThere && CheckHomeSite(change, homeId) is { } closed
            ? closed
            : OwnerOf(change, caller, owner);
        return found.Then(to => Take(to.Owner).Then<NameRecord>(name =>
        {
            change.AddAudit(to.Operation.Name, "dataset:" + dataset, name.FullName);
            if (to.Operation == Operation.DatasetCreateFor && !isNew)
            {
                // The owner may have revoked the right: repeating the request grants and reveals nothing.
                return change.Grants.On(dataset).Any(grant => grant.Principal.Id == caller.UserId)
                    ? name
                    : ErrorCode.AlreadyExists.With($"The dataset id {dataset} is in use; take a new one.");
            }

            if (to.Operation == Operation.DatasetCreateFor)
            {
                // To fill it; the owner may take the right back.
                change.Grants.Put(dataset, caller.UserId, Rights.Write, null, caller.UserId);
                change.AddAudit(Operation.GrantChange.Name, "dataset:" + dataset, $"{Rights.Write.ToName()} to user:{caller.Name}");
            }

            return name;
        }));

        Result<NameRecord> Take(PrincipalRecord to) => change.Names.Reserve(
            dataset, to, isThere ? change.Names.FindFree(to.Name, slug.Value) : slug.Value, VisibilityFor(change, to), homeId);
    }

    /// <summary>Returns the visibility of a new dataset: public after the embargo of its visit, or private.</summary>
    internal static Visibility VisibilityFor(ZoneTables tables, PrincipalRecord owner) =>
        owner.Kind == PrincipalKind.Group && tables.Visits.Find(owner.Id)?.EmbargoEnd is { } end
            ? Visibility.PublicAfter(end)
            : Visibility.Private;

    internal static HutchError? CheckHomeSite(ZoneChange change, string? homeId)
    {
        SiteTerms terms = homeId is null ? change.Sites.OwnTerms() : change.Sites.Find(homeId)?.Terms ?? SiteTerms.Open;
        return terms.Intake == SiteIntake.Open ? null : (ErrorCode.Conflict with
        {
            Advice = "Create it at another site (`hutch site list`), or ask an administrator: `hutch site state SITE open`.",
        }).With(terms.Intake == SiteIntake.ReadOnly
            ? "This site is read-only: no dataset can be created here."
            : "This site takes nothing new: no dataset can be created here. Those that are here can be changed.");
    }

    /// <summary>
    /// Returns the owner of the caller's new dataset and the operation for its audit; a refusal if the caller may not create it.
    /// </summary>
    internal static Result<(PrincipalRecord Owner, Operation Operation)> OwnerOf(ZoneTables tables, Caller caller, AccountName? owner) =>
        owner is not { } named || named.Value == caller.User?.Name
            ? (new PrincipalRecord(caller.UserId, PrincipalKind.User, caller.Name), Operation.DatasetCreate)
            : OwnerToBe(tables, caller, named);

    private static Result<(PrincipalRecord Owner, Operation Operation)> OwnerToBe(ZoneTables tables, Caller caller, AccountName owner)
    {
        HutchError unknown = ErrorCode.NotFound.With($"There is no user or group {Display.Quote(owner.Value)}.");
        if (tables.Principals.Find(owner.Value) is not PrincipalRecord found)
        {
            return unknown;
        }

        bool creates = tables.Creators.ListFor(caller.UserId).Any(named => named.Id == found.Id);
        if (!creates && VisitPrivacy.IsHidden(tables, caller, found))
        {
            return unknown;
        }

        VisitRecord? visit = found.Kind == PrincipalKind.Group ? tables.Visits.Find(found.Id) : null;
        if (visit?.HasEnded(tables.Visits.Now) == true)
        {
            // No refusal of rights, for which a site whose zone is away would give a name of its own.
            return ErrorCode.Conflict.With(
                $"The visit {visit.Name} ended at {Display.Minute(visit.End)}: no dataset can be added to it. Create it as your own, "
                + "or ask an administrator to change the end of the visit.");
        }

        if (creates)
        {
            Result<Done> allowedTo = Authorizer.Authorize(caller, Operation.DatasetCreateFor);
            return allowedTo.IsOk ? (found, Operation.DatasetCreateFor) : allowedTo.Error;
        }

        if (found.Kind == PrincipalKind.User)
        {
            return ErrorCode.Forbidden.With(
                $"You cannot create datasets for the user '{owner}'; create it as your own and offer it, or ask an administrator "
                + "to let this account create datasets for others.", "missingRight", "owner");
        }

        Result<Done> allowed = Authorizer.Authorize(caller, found, visit is null ? Operation.GroupOwn : Operation.VisitOwn);
        return allowed.IsOk ? (found, Operation.DatasetCreate) : allowed.Error;
    }

    private static IReadOnlyList<NameRecord> Candidates(ZoneTables tables, Caller caller, AccountName? owner, string slug)
    {
        if (owner is AccountName given)
        {
            NameRecord? here = tables.GivenNames.Find(given.Value, slug) is { } alias ? tables.Names.Find(alias.Dataset) : null;
            NameRecord? name = tables.Names.Find(given.Value, slug);
            return [.. new[] { here, name }.OfType<NameRecord>().DistinctBy(static one => one.Dataset)];
        }

        if (caller.Partner is { } partner)
        {
            return
            [
                .. partner.Areas.Select(area => tables.Names.Find(area.Owner.Name, slug)).OfType<NameRecord>()
                    .DistinctBy(static one => one.Dataset),
            ];
        }

        return caller.Link is { } link
            ? tables.Names.Find(link.Dataset) is NameRecord opened && opened.Slug == slug ? [opened] : []
            : tables.Names.ListVisible(new VisibleNames { Principals = caller.Principals, Slug = slug, Limit = MaxSameSlug });
    }

    private static Result<Access> Choose(Caller caller, DatasetRef reference, List<Access> visible, HutchError? tooNarrow)
    {
        List<Access> step = reference.Owner is not null ? visible : visible.FindAll(access => access.Dataset.Owner.Id == caller.User?.Id);
        if (step.Count == 0)
        {
            step = visible.FindAll(access => access.Granted.Includes(Rights.Write));
        }

        if (step.Count == 0)
        {
            step = visible.FindAll(access => access.Granted != Rights.None);
        }

        if (step.Count > 1)
        {
            return Named(
                ErrorCode.Conflict, $"Several datasets called '{reference.Slug}' are shared with you. Give the owner too: ",
                [.. step.Select(access => access.Dataset)]);
        }

        if (step.Count == 1)
        {
            return step[0];
        }

        if (tooNarrow is not null)
        {
            return tooNarrow;
        }

        if (caller.Kind == CallerKind.Anonymous)
        {
            return ErrorCode.Unauthenticated.With(
                "There are no public datasets here. Log in to see those shared with you.");
        }

        return ErrorCode.NotVisible.With($"There is no dataset {Display.Quote(reference.ToString())} that you can see.");
    }

    private static HutchError Named(ErrorCode code, string words, IReadOnlyList<NameRecord> datasets)
    {
        string names = string.Join(", ", datasets.Take(MaxNamed).Select(name => name.FullName));
        return code.With(words + names + ".", CandidatesDetail, names);
    }

    private async ValueTask<Result<IReadOnlyList<NameRecord>>> OnlyAsync(
        Caller caller, IReadOnlyCollection<DatasetId> datasets, VisibleNamesFilter filter, CancellationToken ct)
    {
        List<NameRecord> names = [];
        foreach (DatasetId dataset in datasets)
        {
            Result<Access> access = await _authorizer.LocateAsync(caller, dataset, ct);
            if (access.IsOk && filter.Matches(access.Value))
            {
                names.Add(access.Value.Dataset);
            }
        }

        IOrderedEnumerable<NameRecord> ordered = filter.IsNewestFirst
            ? names.OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Dataset.ToString(), StringComparer.Ordinal)
            : names.OrderBy(n => n.Owner.Name, StringComparer.Ordinal).ThenBy(n => n.Slug, StringComparer.Ordinal);
        return Result<IReadOnlyList<NameRecord>>.Ok([.. ordered.Take(filter.Limit)]);
    }
}
