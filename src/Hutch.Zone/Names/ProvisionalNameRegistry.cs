using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Names;

/// <summary>
/// Provisional names, which a site gives while its zone is away, until the zone gives lasting ones. Thread-safe. See
/// docs/design/federation.md (names made at a site).
/// </summary>
public sealed class ProvisionalNameRegistry
{
    private const int MaxTokens = 10;

    private readonly ZoneDatabase _zone;

    internal ProvisionalNameRegistry(ZoneDatabase zone) => _zone = zone;

    /// <summary>The version of the view, which rises with every change.</summary>
    public long Version => _zone.Version;

    public Task WaitForChangeAsync(long version, CancellationToken ct) => _zone.WaitForChangeAsync(version, ct);

    /// <summary>
    /// Gives a new dataset the requested name, based on the last known state of the zone. If only the zone can decide about the owner, the
    /// caller owns the dataset until then.
    /// </summary>
    /// <param name="caller">The creator, with a token.</param>
    /// <param name="owner">The user or group that will own it; null for the caller.</param>
    public async ValueTask<Result<NameRecord>> GiveAsync(
        Caller caller, DatasetId dataset, AccountName? owner, Slug slug, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.DatasetCreate);
        return allowed.IsOk
            ? await _zone.ChangeOwnAsync(caller.Actor, change => Give(change, caller, dataset, owner, slug), ct)
            : allowed.Error;
    }

    /// <summary>Returns a refusal if this site gave the name to another dataset unknown to the zone; else null, without asking.</summary>
    public async ValueTask<HutchError?> CheckFreeAsync(DatasetId dataset, string owner, Slug slug, CancellationToken ct)
    {
        ProvisionalName? other = await _zone.ReadAsync(tables => tables.GivenNames.Find(owner, slug.Value), ct);
        return other is { IsRegistered: false } && other.Dataset != dataset ? Taken(other) : null;
    }

    public ValueTask<IReadOnlyList<ProvisionalName>> ListAsync(CancellationToken ct) =>
        _zone.ReadAsync(static tables => tables.GivenNames.All(), ct);

    /// <summary>Returns true if datasets from before this server joined may be unknown to the zone.</summary>
    public ValueTask<bool> IsImportingAsync(CancellationToken ct) => _zone.ReadAsync(static tables => tables.JoinedZone.IsImporting(), ct);

    /// <inheritdoc cref="ProvisionalNameTable.HasUnregistered"/>
    public ValueTask<bool> HasUnregisteredAsync(CancellationToken ct) =>
        _zone.ReadAsync(static tables => tables.GivenNames.HasUnregistered(), ct);

    public async ValueTask EndImportAsync(CancellationToken ct) => _ = (await _zone.ChangeOwnAsync<Done>(
        AuditActor.Server,
        static change =>
        {
            change.JoinedZone.EndImport();
            change.AddAudit("site.brought", null, "the zone knows every dataset from before");
            return Done.Value;
        },
        ct)).Value;

    public ValueTask<NameRecord?> FindAsync(DatasetId dataset, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Names.Find(dataset), ct);

    /// <summary>
    /// Returns tokens for this site with which the creator can ask the zone for the name. The first is the token that created the dataset;
    /// it may have ended, so others follow.
    /// </summary>
    public ValueTask<IReadOnlyList<string>> TokensAsync(ProvisionalName provisional, CancellationToken ct)
    {
        return _zone.ReadAsync<IReadOnlyList<string>>(
            tables =>
            {
                IEnumerable<string> others = SiteTokens.ListMaking(tables, provisional.Maker, _zone.SiteId).Select(
                    static token => token.Id);
                return [.. others.Prepend(provisional.Token).Where(static id => id.Length > 0).Distinct(StringComparer.Ordinal).Take(
                    MaxTokens)];
            },
            ct);
    }

    /// <summary>
    /// Deletes a name whose dataset was not created, or has ended, before the zone knew of it; false when there is none. It does not
    /// authorize, because it follows from the fate of the dataset.
    /// </summary>
    public async ValueTask<bool> RemoveAsync(DatasetId dataset, CancellationToken ct)
    {
        if (await _zone.ReadAsync(tables => tables.GivenNames.Find(dataset) is not { IsRegistered: false }, ct))
        {
            return false;
        }

        return (await _zone.ChangeOwnAsync<bool>(
            AuditActor.Server,
            change =>
            {
                bool was = change.GivenNames.Delete(dataset);
                change.AddAudit("name.release", "dataset:" + dataset, "a provisional name, whose dataset is not here");
                return was;
            },
            ct)).Value;
    }

    public async ValueTask EndAliasAsync(NameRecord name, CancellationToken ct)
    {
        ProvisionalName? alias = await _zone.ReadAsync(tables => tables.GivenNames.Find(name.Owner.Name, name.Slug), ct);
        if (alias is { IsRegistered: true } && alias.Dataset != name.Dataset)
        {
            await EndAsync(alias, ct);
        }
    }

    /// <summary>Deletes a provisional name whose dataset has a lasting one.</summary>
    public async ValueTask EndAsync(ProvisionalName name, CancellationToken ct)
    {
        _ = (await _zone.ChangeOwnAsync<bool>(
            AuditActor.Server,
            change =>
            {
                change.AddAudit("name.release", "dataset:" + name.Dataset, name.FullName + ", at this site");
                return change.GivenNames.End(name.Dataset);
            },
            ct)).Value;
    }

    private Result<NameRecord> Give(ZoneChange change, Caller caller, DatasetId dataset, AccountName? owner, Slug slug)
    {
        if (change.Homes.Find(dataset) is not null)
        {
            return ErrorCode.AlreadyExists.With($"The dataset id {dataset} is in use; take a new one.");
        }

        if (DatasetNames.CheckHomeSite(change, _zone.SiteId) is { } closed)
        {
            return closed;
        }

        var maker = new PrincipalRecord(caller.UserId, PrincipalKind.User, caller.Name);
        Result<(PrincipalRecord Owner, Operation Operation)> allowed = DatasetNames.OwnerOf(change, caller, owner);
        bool isForZone = !allowed.IsOk && allowed.Error.Code == ErrorCode.Forbidden;
        if (!allowed.IsOk && !isForZone)
        {
            return allowed.Error;
        }

        PrincipalRecord wanted = isForZone ? change.Principals.Find(owner!.Value.Value)! : allowed.Value.Owner;
        var provisional = new ProvisionalName(dataset, caller.Token!.Id, caller.UserId, wanted.Name, wanted.Id == maker.Id, slug.Value);
        if (change.Names.Find(wanted.Name, slug.Value) is not null || change.GivenNames.Find(wanted.Name, slug.Value) is not null)
        {
            return Taken(provisional);
        }

        change.GivenNames.Give(provisional, wanted, isForZone ? maker : wanted, _zone.SiteId);
        change.AddAudit(
            Operation.DatasetCreate.Name, "dataset:" + dataset, provisional.FullName + ", provisionally: the zone cannot be reached");
        return change.Names.Find(dataset)!;
    }

    private static HutchError Taken(ProvisionalName name) =>
        ErrorCode.AlreadyExists.With($"A dataset called {name.FullName} exists already.", "name", name.FullName);
}
