using System.Collections.Concurrent;

namespace Hutch.Zone.Authorization;

/// <summary>The single authorization point, used by every door and service. Everything that no rule allows is refused.</summary>
/// <remarks>
/// Thread-safe. The facts about a dataset stay in memory until a change touches them, so that a repeated check costs a lookup and no SQL. A
/// change of the zone counts for every check after its response, regardless of the server that made it.
/// </remarks>
public sealed class Authorizer
{
    /// <summary>The most datasets with cached facts; beyond that, all are dropped and read again.</summary>
    public const int MaxCachedDatasets = 100_000;

    private readonly ZoneDatabase _zone;
    private readonly ChangedRights _changes;
    private readonly OfflineRights _remembered;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<DatasetId, DatasetAccess> _known = new();
    private readonly Lock _gate = new();
    private long _changed;

    internal Authorizer(ZoneDatabase zone, ChangedRights changes, OfflineRights remembered, TimeProvider time)
    {
        (_zone, _changes, _remembered, _time) = (zone, changes, remembered, time);
        changes.Changed += Invalidate;
    }

    /// <summary>
    /// Checks whether the caller may perform an operation on a dataset. A caller who may not view it gets 404 (401 if anonymous), whether
    /// or not it exists. One who may view it gets 403 with the missing right, or with the missing scope when only the token is too narrow.
    /// A key of a folder gets 403 (<see cref="ErrorCode.NarrowedKey"/>): the question is about the whole dataset.
    /// </summary>
    public ValueTask<Result<Access>> AuthorizeAsync(Caller caller, DatasetId dataset, Operation operation, CancellationToken ct) =>
        AuthorizeAsync(caller, dataset, operation, AskedPath.Whole, ct);

    /// <summary>
    /// Checks whether the caller may perform an operation at a path and below it. Outside of the folder of a key, a reader gets 404 as for
    /// a missing path, and a writer 403, whether or not there is an entry.
    /// </summary>
    public ValueTask<Result<Access>> AuthorizeAsync(
        Caller caller, DatasetId dataset, Operation operation, DatasetPath path, CancellationToken ct) =>
        AuthorizeAsync(caller, dataset, operation, AskedPath.At(path), ct);

    /// <summary>
    /// Checks whether the caller may perform an operation in the folder of its key; on the whole dataset without such a key. For services
    /// that check each path, too, and for those that continue at a path which they have checked.
    /// </summary>
    public ValueTask<Result<Access>> AuthorizeInFolderAsync(
        Caller caller, DatasetId dataset, Operation operation, CancellationToken ct) =>
        AuthorizeAsync(
            caller, dataset, operation, caller.Scope.Folder is { } folder ? AskedPath.At(folder) : AskedPath.Whole, ct);

    /// <summary>
    /// Checks whether the caller may know that a dataset exists, its name, and where it is; nothing else of it may be disclosed then.
    /// </summary>
    public ValueTask<Result<Access>> LocateAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        AuthorizeAsync(caller, dataset, Operation.DatasetView, AskedPath.Name, ct);

    private ValueTask<Result<Access>> AuthorizeAsync(
        Caller caller, DatasetId dataset, Operation operation, AskedPath where, CancellationToken ct)
    {
        if (caller.IsRemembered)
        {
            return new ValueTask<Result<Access>>(Recall(caller, dataset, operation, where));
        }

        ValueTask current = _changes.SyncViewAsync(ct);
        return current.IsCompletedSuccessfully
            ? AuthorizeNowAsync(caller, dataset, operation, where, ct)
            : AuthorizeAfterAsync(current, caller, dataset, operation, where, ct);
    }

    /// <summary>True if a caller from memory may read immutable data while the database does not answer.</summary>
    public bool RemembersRights => _remembered.IsOn;

    /// <summary>Returns the refusal of everything that needs the database while it does not answer.</summary>
    public static HutchError Away() => ErrorCode.Unavailable.With(
        "The database of this site does not answer. Meanwhile snapshots (by number) and closed datasets can be read by those who have read "
        + "them shortly before; everything else waits for it. Try again.");

    /// <summary>Returns the refusal of every caller at a site that no longer knows which accounts are blocked.</summary>
    public static HutchError OldView(TimeSpan age) => ErrorCode.Unavailable.With(
        $"This site has heard nothing of its zone for {age.TotalHours:0} hours, and cannot say any more who may do what. What is public "
        + "can be read without a token.");

    /// <summary>Returns the refusal of a dataset that does not exist for the caller.</summary>
    public static HutchError Unseen(Caller caller, DatasetId dataset) => AuthorizationRules.Unseen(caller, dataset);

    public static Result<Done> Authorize(Caller caller, PrincipalRecord group, Operation operation)
    {
        return caller.IsRemembered ? Away() : AuthorizationRules.OnGroup(caller, group, operation);
    }

    /// <summary>Checks whether the caller may perform an operation on its own account or on the installation.</summary>
    public static Result<Done> Authorize(Caller caller, Operation operation)
    {
        return caller.IsRemembered ? Away() : AuthorizationRules.OnRest(caller, operation);
    }

    /// <summary>
    /// Checks whether the caller may perform an operation of the installation at one site: by its role, or as administrator of the site.
    /// </summary>
    public static Result<Done> AuthorizeAtSite(ZoneTables tables, Caller caller, string siteId, Operation operation)
    {
        Result<Done> allowed = Authorize(caller, operation);
        bool isOfSite = caller.User is { } user && caller.Scope is { Datasets: null } && caller.Scope.Carries(operation.Scope)
            && tables.Roles.ListAssigned(user.Id).Contains(new AssignedRole(Role.SiteAdmin, siteId));
        return allowed.IsOk || !isOfSite || caller.IsRemembered ? allowed : Done.Value;
    }

    /// <summary>
    /// Returns the namespace in which the caller may analyse frames, which its token names. The caller's leases decide which data of a run
    /// it may read and write.
    /// </summary>
    public static Result<string> AuthorizeWork(Caller caller)
    {
        return Authorize(caller, Operation.WorkDo).Then<string>(_ => caller.Scope.Namespace ?? WorkerNamespace.Default);
    }

    /// <summary>Checks rights inside a change of the zone, on the state that the change sees, with no other change in between.</summary>
    public Result<Access> Authorize(ZoneTables tables, Caller caller, DatasetId dataset, Operation operation)
    {
        return caller.IsRemembered
            ? Away()
            : AuthorizationRules.OnDataset(
                caller, Load(tables, dataset, caller.Scope.IsHeldOnly), dataset, operation, _time.GetUtcNow(), AskedPath.Whole);
    }

    private async ValueTask<Result<Access>> AuthorizeAfterAsync(
        ValueTask current, Caller caller, DatasetId dataset, Operation operation, AskedPath where, CancellationToken ct)
    {
        await current;
        return await AuthorizeNowAsync(caller, dataset, operation, where, ct);
    }

    private ValueTask<Result<Access>> AuthorizeNowAsync(
        Caller caller, DatasetId dataset, Operation operation, AskedPath where, CancellationToken ct) =>
        _known.TryGetValue(dataset, out DatasetAccess? known) && (known.Copies is not null || !caller.Scope.IsHeldOnly)
            ? new ValueTask<Result<Access>>(Decide(caller, known, dataset, operation, where))
            : LoadAndAuthorizeAsync(caller, dataset, operation, where, ct);

    private async ValueTask<Result<Access>> LoadAndAuthorizeAsync(
        Caller caller, DatasetId dataset, Operation operation, AskedPath where, CancellationToken ct)
    {
        long changed = Volatile.Read(ref _changed);
        DatasetAccess? loaded = await _zone.ReadAsync(tables => Load(tables, dataset, caller.Scope.IsHeldOnly), ct);
        if (loaded is not null)
        {
            Cache(dataset, loaded, changed);
        }

        return Decide(caller, loaded, dataset, operation, where);
    }

    private Result<Access> Decide(Caller caller, DatasetAccess? facts, DatasetId dataset, Operation operation, AskedPath where)
    {
        Result<Access> access = AuthorizationRules.OnDataset(caller, facts, dataset, operation, _time.GetUtcNow(), where);
        if (access.IsOk)
        {
            _remembered.Add(caller, dataset);
        }

        return access.IsOk && operation.ChangesContent && facts!.IsReadOnlyHome ? ReadOnly(access.Value.Dataset) : access;
    }

    /// <summary>
    /// Authorizes without the database: a caller who recently had access may continue to read, unless this server knows of a later change.
    /// For all others the answer is unavailable, not forbidden.
    /// </summary>
    private Result<Access> Recall(Caller caller, DatasetId dataset, Operation operation, AskedPath where) =>
        (operation == Operation.EntryRead || operation == Operation.DatasetView)
        && _changes.IsReported && _remembered.Has(caller, dataset) && _known.TryGetValue(dataset, out DatasetAccess? known)
        && AuthorizationRules.OnDataset(caller, known, dataset, operation, _time.GetUtcNow(), where) is { IsOk: true } allowed
            ? allowed
            : Away();

    /// <summary>Caches loaded facts, unless something has changed since before they were read.</summary>
    private void Cache(DatasetId dataset, DatasetAccess loaded, long changed)
    {
        lock (_gate)
        {
            if (changed == _changed)
            {
                if (_known.Count >= MaxCachedDatasets)
                {
                    _known.Clear();
                }

                _known[dataset] = loaded;
            }
        }
    }

    private void Invalidate(RightsTouch touch)
    {
        lock (_gate)
        {
            _changed++;
            if (touch.IsAll)
            {
                _known.Clear();
            }

            foreach (DatasetId dataset in touch.Datasets)
            {
                _known.TryRemove(dataset, out _);
            }
        }
    }

    private static HutchError ReadOnly(NameRecord name) => (ErrorCode.Conflict with
    {
        Advice = "Move its home to another site (`hutch home`), or ask an administrator: `hutch site state SITE open`.",
    }).With($"The home of {name.FullName} is a site that is read-only. Nothing was changed.");

    /// <param name="withCopies">True for a caller whose scope depends on the copies.</param>
    private DatasetAccess? Load(ZoneTables tables, DatasetId dataset, bool withCopies) => tables.Names.Find(dataset) is NameRecord name
        ? new DatasetAccess(name, tables.Grants.On(dataset), _zone.SiteId)
        {
            IsReadOnly = _zone.LocalTerms(tables).Intake == SiteIntake.ReadOnly,
            Visit = name.Owner.Kind == PrincipalKind.Group ? tables.Visits.Find(name.Owner.Id) : null,
            Copies = withCopies ? tables.Copies.SitesWith(dataset) : null,
        }
        : null;
}

/// <summary>The result of a successful authorization: the dataset as the zone knows it, and the caller's rights.</summary>
/// <param name="Rights">The caller's rights with all that they imply, apart from token scopes and roles.</param>
/// <param name="IsOwner">True if the caller owns the dataset or manages the group that does.</param>
/// <param name="Granted">The rights that the caller has in person, rather than as a member of the public.</param>
public readonly record struct Access(NameRecord Dataset, Rights Rights, bool IsOwner, Rights Granted);
