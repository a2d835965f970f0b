using System.Collections.Concurrent;
using Hutch.Catalog.Zone;
using Hutch.Model;
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
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<DatasetId, DatasetAccess> _known = new();
    private readonly Lock _gate = new();
    private long _changed;

    /// <summary>Makes the point for a zone.</summary>
    internal Authorizer(ZoneDatabase zone, ChangedRights changes, TimeProvider time)
    {
        (_zone, _changes, _time) = (zone, changes, time);
        changes.Changed += Forget;
    }

    /// <summary>
    /// Whether the caller may do this to the dataset. 404 (401 for nobody) for who may not even view it, whether or not it exists;
    /// 403 that names the missing right for who may view it; 403 that names the missing scope when only the token is too narrow.
    /// </summary>
    public ValueTask<Result<Access>> AuthorizeAsync(Caller caller, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ValueTask current = _changes.MakeCurrentAsync(ct);
        return current.IsCompletedSuccessfully
            ? AuthorizeNowAsync(caller, dataset, operation, ct)
            : AuthorizeAfterAsync(current, caller, dataset, operation, ct);
    }

    public static Result<Done> Authorize(Caller caller, PrincipalRecord group, Operation operation)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return AuthorizationRules.OnGroup(caller, group, operation);
    }

    /// <summary>Whether the caller may do this with its own account, or to the installation.</summary>
    public static Result<Done> Authorize(Caller caller, Operation operation)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return AuthorizationRules.OnRest(caller, operation);
    }

    /// <summary>
    /// In which namespace the caller may analyse frames: its token is for one. What of a run it may read and write, the leases that it has
    /// decide.
    /// </summary>
    public static Result<string> AuthorizeWork(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return AuthorizationRules.OnRest(caller, Operation.WorkDo).Then<string>(_ => caller.Scope.Namespace ?? WorkNamespace.Default);
    }

    /// <summary>
    /// The same question inside a change of the zone, about the state that the change sees: no other change can come between the answer
    /// and the change.
    /// </summary>
    public Result<Access> Authorize(ZoneTables tables, Caller caller, DatasetId dataset, Operation operation)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return AuthorizationRules.OnDataset(caller, Load(tables, dataset), dataset, operation, _time.GetUtcNow());
    }

    private async ValueTask<Result<Access>> AuthorizeAfterAsync(
        ValueTask current, Caller caller, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        await current;
        return await AuthorizeNowAsync(caller, dataset, operation, ct);
    }

    private ValueTask<Result<Access>> AuthorizeNowAsync(Caller caller, DatasetId dataset, Operation operation, CancellationToken ct) =>
        _known.TryGetValue(dataset, out DatasetAccess? known)
            ? new ValueTask<Result<Access>>(AuthorizationRules.OnDataset(caller, known, dataset, operation, _time.GetUtcNow()))
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

        return AuthorizationRules.OnDataset(caller, loaded, dataset, operation, _time.GetUtcNow());
    }

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

    private static DatasetAccess? Load(ZoneTables tables, DatasetId dataset) =>
        tables.Names.Find(dataset) is NameRecord name ? new DatasetAccess(name, tables.Grants.On(dataset)) : null;
}

/// <summary>A granted request: the dataset as the zone knows it, and everything the caller may do with it.</summary>
/// <param name="Dataset">Name, owner and visibility.</param>
/// <param name="Rights">The caller's rights with all that they imply, apart from token scopes and roles.</param>
/// <param name="IsOwner">Whether the caller owns it, or manages the group that does.</param>
/// <param name="Given">Those of the rights that the caller has as itself, and not because everybody has them.</param>
public readonly record struct Access(NameRecord Dataset, Rights Rights, bool IsOwner, Rights Given);
