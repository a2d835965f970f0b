using System.Collections.Concurrent;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;

namespace Hutch.Zone.Authorization;

/// <summary>
/// The one authorization point: every door and every service asks here, and nowhere else. What no rule allows is refused.
/// </summary>
/// <remarks>
/// Thread-safe. The facts about a dataset are kept in memory until a change touches them, so that a repeated question costs a look-up and
/// no SQL; a change of the zone counts for every question asked after it was answered, by whatever server.
/// </remarks>
public sealed class Authorizer
{
    /// <summary>Datasets whose facts are kept at most; beyond, all are forgotten and asked again.</summary>
    public const int MaxCachedDatasets = 100_000;

    private readonly ZoneDatabase _zone;
    private readonly ChangedRights _changes;
    private readonly RememberedRights _remembered;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<DatasetId, DatasetAccess> _known = new();
    private readonly Lock _gate = new();
    private long _changed;

    /// <summary>Makes the point for a zone.</summary>
    internal Authorizer(ZoneDatabase zone, ChangedRights changes, RememberedRights remembered, TimeProvider time)
    {
        (_zone, _changes, _remembered, _time) = (zone, changes, remembered, time);
        changes.Changed += Forget;
    }

    /// <summary>
    /// Whether the caller may do this to the dataset. 404 (401 for nobody) for who may not even view it, whether or not it exists;
    /// 403 that names the missing right for who may view it; 403 that names the missing scope when only the token is too narrow.
    /// </summary>
    public ValueTask<Result<Access>> AuthorizeAsync(Caller caller, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (caller.IsRemembered)
        {
            return new ValueTask<Result<Access>>(Recall(caller, dataset, operation));
        }

        ValueTask current = _changes.MakeCurrentAsync(ct);
        return current.IsCompletedSuccessfully
            ? AuthorizeNowAsync(caller, dataset, operation, ct)
            : AuthorizeAfterAsync(current, caller, dataset, operation, ct);
    }

    /// <summary>Whether callers of whom the database could not be asked may read what never changes.</summary>
    public bool RemembersRights => _remembered.IsOn;

    /// <summary>The refusal of everything that needs the database while it is away.</summary>
    public static HutchError Away() => ErrorCode.Unavailable.With(
        "The database of this site does not answer. Meanwhile snapshots (by number) and closed datasets can be read by those who have read "
        + "them shortly before; everything else waits for it. Try again.");

    public static Result<Done> Authorize(Caller caller, PrincipalRecord group, Operation operation)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.IsRemembered ? Away() : AuthorizationRules.OnGroup(caller, group, operation);
    }

    /// <summary>Whether the caller may do this with its own account, or to the installation.</summary>
    public static Result<Done> Authorize(Caller caller, Operation operation)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.IsRemembered ? Away() : AuthorizationRules.OnRest(caller, operation);
    }

    /// <summary>
    /// Whether the caller may do to a site what else is done to the whole installation: it has the role for that, or administers the site.
    /// </summary>
    public static Result<Done> AuthorizeAtSite(ZoneTables tables, Caller caller, string siteId, Operation operation)
    {
        ArgumentNullException.ThrowIfNull(tables);
        Result<Done> allowed = Authorize(caller, operation);
        bool isOfSite = caller.User is { } user && caller.Scope is { Datasets: null } && caller.Scope.Carries(operation.Scope)
            && tables.Roles.HeldBy(user.Id).Contains(new HeldRole(Role.SiteAdmin, siteId));
        return allowed.IsOk || !isOfSite || caller.IsRemembered ? allowed : Done.Value;
    }

    /// <summary>
    /// In which namespace the caller may analyse frames: its token is for one. What of a run it may read and write, the leases that it has
    /// decide.
    /// </summary>
    public static Result<string> AuthorizeWork(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Authorize(caller, Operation.WorkDo).Then<string>(_ => caller.Scope.Namespace ?? WorkNamespace.Default);
    }

    /// <summary>
    /// The same question inside a change of the zone, about the state that the change sees: no other change can come between the answer
    /// and the change.
    /// </summary>
    public Result<Access> Authorize(ZoneTables tables, Caller caller, DatasetId dataset, Operation operation)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return caller.IsRemembered
            ? Away()
            : AuthorizationRules.OnDataset(caller, Load(tables, dataset), dataset, operation, _time.GetUtcNow());
    }

    private async ValueTask<Result<Access>> AuthorizeAfterAsync(
        ValueTask current, Caller caller, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        await current;
        return await AuthorizeNowAsync(caller, dataset, operation, ct);
    }

    private ValueTask<Result<Access>> AuthorizeNowAsync(Caller caller, DatasetId dataset, Operation operation, CancellationToken ct) =>
        _known.TryGetValue(dataset, out DatasetAccess? known)
            ? new ValueTask<Result<Access>>(Decide(caller, known, dataset, operation))
            : LoadAndAuthorizeAsync(caller, dataset, operation, ct);

    private async ValueTask<Result<Access>> LoadAndAuthorizeAsync(
        Caller caller, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        long changed = Volatile.Read(ref _changed);
        DatasetAccess? loaded = await _zone.ReadAsync(tables => Load(tables, dataset), ct);
        if (loaded is not null)
        {
            Keep(dataset, loaded, changed);
        }

        return Decide(caller, loaded, dataset, operation);
    }

    private Result<Access> Decide(Caller caller, DatasetAccess? facts, DatasetId dataset, Operation operation)
    {
        Result<Access> access = AuthorizationRules.OnDataset(caller, facts, dataset, operation, _time.GetUtcNow());
        if (access.IsOk)
        {
            _remembered.Note(caller, dataset);
        }

        return access.IsOk && operation.ChangesContent && facts!.IsReadOnlyHome ? ReadOnly(access.Value.Dataset) : access;
    }

    /// <summary>
    /// Without the database: whoever was allowed something on the dataset lately reads on, unless this server knows of a change since. To
    /// everybody else nothing is said, not even that they may not.
    /// </summary>
    private Result<Access> Recall(Caller caller, DatasetId dataset, Operation operation) =>
        (operation == Operation.EntryRead || operation == Operation.DatasetView)
        && _changes.IsTold && _remembered.Has(caller, dataset) && _known.TryGetValue(dataset, out DatasetAccess? known)
        && AuthorizationRules.OnDataset(caller, known, dataset, operation, _time.GetUtcNow()) is { IsOk: true } allowed
            ? allowed
            : Away();

    /// <summary>Keeps what was read, unless something has changed since before the read.</summary>
    private void Keep(DatasetId dataset, DatasetAccess loaded, long changed)
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

    private void Forget(RightsTouch touch)
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

    private DatasetAccess? Load(ZoneTables tables, DatasetId dataset) => tables.Names.Find(dataset) is NameRecord name
        ? new DatasetAccess(name, tables.Grants.On(dataset), _zone.SiteId)
        {
            IsReadOnly = _zone.TermsHere(tables).Intake == SiteIntake.ReadOnly,
        }
        : null;
}

/// <summary>A granted request: the dataset as the zone knows it, and everything the caller may do with it.</summary>
/// <param name="Dataset">Name, owner and visibility.</param>
/// <param name="Rights">The caller's rights with all that they imply, apart from token scopes and roles.</param>
/// <param name="IsOwner">Whether the caller owns it, or manages the group that does.</param>
/// <param name="Given">Those of the rights that the caller has as itself, and not because everybody has them.</param>
public readonly record struct Access(NameRecord Dataset, Rights Rights, bool IsOwner, Rights Given);
