using System.Collections.Concurrent;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Authorization;

/// <summary>
/// The one authorization point: every door and every service asks here, and nowhere else. What no rule allows is refused.
/// </summary>
/// <remarks>
/// Thread-safe. The facts about a dataset are kept in memory until the zone changes, so that a repeated question costs a look-up and no
/// SQL; a change of the zone counts for every question asked after it was answered, by whatever server.
/// </remarks>
public sealed class Authorizer
{
    /// <summary>Datasets whose facts are kept at most; beyond, all are forgotten and asked again.</summary>
    public const int MaxCachedDatasets = 100_000;

    private readonly ZoneDatabase _zone;
    private readonly TimeProvider _time;
    private Facts _facts;

    /// <summary>Makes the point for a zone.</summary>
    public Authorizer(ZoneDatabase zone, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(zone);
        _zone = zone;
        _time = time;
        _facts = new Facts(zone.Version);
    }

    /// <summary>
    /// Whether the caller may do this to the dataset. 404 (401 for nobody) for who may not even view it, whether or not it exists;
    /// 403 that names the missing right for who may view it; 403 that names the missing scope when only the token is too narrow.
    /// </summary>
    public ValueTask<Result<Access>> AuthorizeAsync(Caller caller, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ValueTask current = _zone.MakeCurrentAsync(ct);
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

    private ValueTask<Result<Access>> AuthorizeNowAsync(Caller caller, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        Facts facts = CurrentFacts();
        return facts.Datasets.TryGetValue(dataset, out DatasetAccess? known)
            ? new ValueTask<Result<Access>>(AuthorizationRules.OnDataset(caller, known, dataset, operation, _time.GetUtcNow()))
            : LoadAndAuthorizeAsync(facts, caller, dataset, operation, ct);
    }

    private async ValueTask<Result<Access>> LoadAndAuthorizeAsync(
        Facts facts, Caller caller, DatasetId dataset, Operation operation, CancellationToken ct)
    {
        DatasetAccess? loaded = await _zone.ReadAsync(tables => Load(tables, dataset), ct);
        if (loaded is not null)
        {
            // Into the set that was current before the read: if the zone has changed meanwhile, that set is no longer used.
            facts.Add(dataset, loaded);
        }

        return AuthorizationRules.OnDataset(caller, loaded, dataset, operation, _time.GetUtcNow());
    }

    private static DatasetAccess? Load(ZoneTables tables, DatasetId dataset) =>
        tables.Names.Find(dataset) is NameRecord name ? new DatasetAccess(name, tables.Grants.On(dataset)) : null;

    private Facts CurrentFacts()
    {
        Facts facts = Volatile.Read(ref _facts);
        long version = _zone.Version;
        if (facts.Version == version && !facts.IsFull)
        {
            return facts;
        }

        var fresh = new Facts(version);
        Facts before = Interlocked.CompareExchange(ref _facts, fresh, facts);
        return before == facts ? fresh : before.Version == version ? before : fresh;
    }

    /// <summary>What is known at one version of the zone.</summary>
    private sealed class Facts(long version)
    {
        private int _count;

        public long Version { get; } = version;

        public ConcurrentDictionary<DatasetId, DatasetAccess> Datasets { get; } = new();

        public bool IsFull => Volatile.Read(ref _count) >= MaxCachedDatasets;

        public void Add(DatasetId dataset, DatasetAccess access)
        {
            if (Datasets.TryAdd(dataset, access))
            {
                Interlocked.Increment(ref _count);
            }
        }
    }
}

/// <summary>A granted request: the dataset as the zone knows it, and everything the caller may do with it.</summary>
/// <param name="Dataset">Name, owner and visibility.</param>
/// <param name="Rights">The caller's rights with all that they imply, apart from token scopes and roles.</param>
/// <param name="IsOwner">Whether the caller owns it, or manages the group that does.</param>
/// <param name="Given">Those of the rights that the caller has as itself, and not because everybody has them.</param>
public readonly record struct Access(NameRecord Dataset, Rights Rights, bool IsOwner, Rights Given);
