using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Zone.Replication.Copies;

/// <summary>The requested copies of datasets at sites, and the reports of the sites about them.</summary>
public sealed class CopyRegistry(ZoneDatabase zone, Authorizer authorizer, CopyNotices notices)
{
    /// <summary>Requests a copy of a dataset at a site; repeating it changes nothing.</summary>
    public async ValueTask<Result<DatasetSites>> RequestAsync(
        Caller caller, DatasetId dataset, string siteName, string? ownName, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.CopyChange, ct);
        return access.IsOk
            ? await zone.ChangeAsync(
                caller.Actor, change => Request(change, caller, access.Value.Dataset, siteName, siteName == ownName), ct)
            : access.Error;
    }

    /// <summary>Withdraws a request for a copy. From then on the rules decide about it. Repeating it changes nothing.</summary>
    /// <inheritdoc cref="RequestAsync"/>
    public async ValueTask<Result<DatasetSites>> WithdrawAsync(
        Caller caller, DatasetId dataset, string siteName, string? ownName, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.CopyChange, ct);
        return access.IsOk
            ? await zone.ChangeAsync(
                caller.Actor, change => Withdraw(change, caller, access.Value.Dataset, siteName, siteName == ownName), ct)
            : access.Error;
    }

    public long Version => zone.Version;

    public Task WaitForChangeAsync(long version, CancellationToken ct) => zone.WaitForChangeAsync(version, ct);

    public async ValueTask<Result<DatasetSites>> ListAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.CopyRead, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        // Only callers that can solve problems see a site's reports about its disk and peers.
        bool mayExplain = (await authorizer.AuthorizeAsync(caller, dataset, Operation.CopyExplain, ct)).IsOk;
        DatasetSites listed = await zone.ReadAsync(tables => List(tables, access.Value.Dataset), ct);
        return mayExplain ? listed : listed with
        {
            Others = [],
            Epoch = listed.Epoch with { Problem = null },
            Copies = [.. listed.Copies.Select(static copy => copy.WithoutReasons())],
        };
    }

    /// <summary>Lists the copies of a dataset for a caller that was just authorized to change them.</summary>
    public ValueTask<Result<DatasetSites>> ShowAsync(DatasetId dataset, CancellationToken ct) => zone.ReadAsync(
        tables => tables.Names.Find(dataset) is { } name
            ? List(tables, name)
            : (Result<DatasetSites>)ErrorCode.NotFound.With($"There is no dataset {dataset}."),
        ct);

    /// <summary>Lists copies of any dataset in transfer or requested. For callers with the right to see the sites of the zone.</summary>
    public async ValueTask<Result<IncomingCopies>> OnTheWayAsync(Caller caller, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SitesRead);
        return allowed.IsOk
            ? await zone.ReadAsync(
                tables => new IncomingCopies(
                    tables.Copies.CountOnTheWay(),
                    [.. tables.Copies.OnTheWay(limit).Select(copy => IncomingCopy.Find(tables, copy)).OfType<IncomingCopy>()]),
                ct)
            : allowed.Error;
    }

    /// <summary>Lists copies that failed or were refused, of datasets of the caller and of groups that it manages.</summary>
    public async ValueTask<Result<IReadOnlyList<IncomingCopy>>> ListFailedAsync(Caller caller, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.ToDoList);
        return allowed.IsOk
            ? Result<IReadOnlyList<IncomingCopy>>.Ok(await zone.ReadAsync(
                tables => tables.Copies.FailedOf(caller.ManagedOwners(), limit)
                    .Select(copy => IncomingCopy.Find(tables, copy)).OfType<IncomingCopy>().ToArray(),
                ct))
            : allowed.Error;
    }

    /// <summary>Returns the dataset if a site is its home or is to have a copy; otherwise null.</summary>
    public ValueTask<NameRecord?> FindAsync(DatasetId dataset, string siteId, CancellationToken ct) => zone.ReadAsync(
        tables => (tables.Copies.Find(dataset, siteId) is not { ReleasedAt: null } && tables.Homes.Find(dataset)?.SiteId != siteId)
            || ServingBounds.From(tables).Excludes(siteId, dataset)
            ? null
            : tables.Names.Find(dataset),
        ct);

    /// <summary>
    /// Lists the copies that a site is to have, with the names of the datasets. Datasets that the site does not know yet are omitted.
    /// </summary>
    public ValueTask<IReadOnlyList<AssignedCopy>> AtSiteAsync(string siteId, CancellationToken ct) =>
        zone.ReadAsync(tables => tables.Names.ListCopiedTo(siteId), ct);

    /// <inheritdoc cref="CopyTable.ListExpectedAt(string, DatasetId?, int)"/>
    public ValueTask<IReadOnlyList<ExpectedDataset>> ListExpectedAtAsync(
        string siteId, DatasetId? after, int limit, CancellationToken ct) =>
        zone.ReadAsync(tables => tables.Copies.ListExpectedAt(siteId, after, limit), ct);

    /// <inheritdoc cref="CopyTable.ListExpectedAt(string, IReadOnlyCollection{DatasetId})"/>
    public ValueTask<IReadOnlyList<ExpectedDataset>> ListExpectedAtAsync(
        string siteId, IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
        zone.ReadAsync(tables => tables.Copies.ListExpectedAt(siteId, datasets), ct);

    /// <summary>Returns the copy of a dataset at a site, requested, present or released; null for none.</summary>
    public ValueTask<CopyRecord?> FindCopyAsync(DatasetId dataset, string siteId, CancellationToken ct) =>
        zone.ReadAsync(tables => tables.Copies.Find(dataset, siteId), ct);

    /// <inheritdoc cref="CopyTable.OfDataset"/>
    public ValueTask<IReadOnlyList<CopyRecord>> OfDatasetAsync(DatasetId dataset, CancellationToken ct) =>
        zone.ReadAsync(tables => tables.Copies.OfDataset(dataset), ct);

    /// <inheritdoc cref="CopyTable.ReleasedAt"/>
    public ValueTask<IReadOnlyList<DatasetId>> ReleasedAtAsync(string siteId, CancellationToken ct) =>
        zone.ReadAsync(tables => tables.Copies.ReleasedAt(siteId), ct);

    /// <summary>
    /// Records a site's report about a copy. A report about a copy that was not requested is ignored. A copy that has ended is deleted.
    /// </summary>
    public async ValueTask ReportAsync(string siteId, DatasetId dataset, CopyProgress progress, CancellationToken ct)
    {
        CopyRecord? known = await FindCopyAsync(dataset, siteId, ct);
        if (progress.State == CopyStates.Gone && known is null)
        {
            return;
        }

        Func<ZoneChange, Result<Done>>? decide = progress.State switch
        {
            CopyStates.Gone => change => End(change, dataset, siteId),
            CopyStates.Restored when known?.ReleasedAt is not null => change => Retain(change, dataset, siteId),
            CopyStates.Complete when known is { CompleteAt: null } => change => Complete(change, dataset, siteId, progress),
            _ => null,
        };
        _ = decide is not null
            ? await zone.ChangeAsync(AuditActor.Server, decide, ct)
            : await zone.KeepAsync<Result<Done>>(
                tables =>
                {
                    tables.Copies.SetProgress(dataset, siteId, progress);
                    return Done.Value;
                },
                ct);
    }

    /// <summary>Deletes an ended copy. A copy that was requested again in between is transferred anew.</summary>
    private static Result<Done> End(ZoneChange change, DatasetId dataset, string siteId)
    {
        if (change.Copies.Find(dataset, siteId) is { ReleasedAt: null } && change.Homes.Find(dataset) is { IsOver: false })
        {
            change.Copies.Lose(dataset, siteId);
        }
        else
        {
            change.Copies.Remove(dataset, siteId);
        }

        change.AddAudit("copy.end", "dataset:" + dataset, "site:" + siteId);
        return Done.Value;
    }

    /// <summary>
    /// Records the first completion of a copy, and notifies its requester and whatever depends on it, such as the release of another copy.
    /// </summary>
    private Result<Done> Complete(ZoneChange change, DatasetId dataset, string siteId, CopyProgress progress)
    {
        change.Copies.SetProgress(dataset, siteId, progress);
        change.AddAudit("copy.complete", "dataset:" + dataset, "site:" + siteId);
        notices.NotifyComplete(change, dataset, siteId);
        return Done.Value;
    }

    /// <summary>
    /// Keeps a released copy that the operator of its site has restored. From then on the site has it, regardless of rules.
    /// </summary>
    private static Result<Done> Retain(ZoneChange change, DatasetId dataset, string siteId)
    {
        change.Copies.Add(dataset, siteId, "was restored by who runs it", null);
        change.AddAudit("copy.keep", "dataset:" + dataset, "site:" + siteId);
        return Done.Value;
    }

    private static Result<DatasetSites> Request(ZoneChange change, Caller caller, NameRecord name, string siteName, bool isOwn)
    {
        if (FindSite(change, siteName, isOwn) is not { } site)
        {
            return SiteName.Unknown(siteName);
        }

        if (name.Home.SiteId == site)
        {
            return Unchanged.With($"{siteName} is the home of {name.FullName}, and has all of it.");
        }

        if (change.Sites.Find(site) is { } joined && ServingBounds.From(change).FindExclusion(joined, name) is { } why)
        {
            return Unchanged.With($"{siteName} is not to have {name.FullName}: {why}.");
        }

        SiteTerms terms = isOwn ? change.Sites.OwnTerms() : change.Sites.Find(site)!.Terms;
        CopyRecord? before = change.Copies.Find(name.Dataset, site);
        bool isNew = before is not { ReleasedAt: null };
        if (isNew && terms.Intake != SiteIntake.Open)
        {
            return Unchanged.With($"{siteName} {terms.Intake switch
            {
                SiteIntake.ReadOnly => "is read-only",
                SiteIntake.Draining => "is being emptied, and takes nothing new",
                _ => "takes nothing new",
            }}.");
        }

        if (isNew || before is { IsChosen: true })
        {
            change.Copies.Add(name.Dataset, site, $"was asked for by {caller.Name}", null, askedBy: caller.Name);
        }

        change.AddAudit("copy.ask", "dataset:" + name.Dataset, "site " + siteName);
        return List(change, name);
    }

    private static Result<DatasetSites> Withdraw(ZoneChange change, Caller caller, NameRecord name, string siteName, bool isOwn)
    {
        if (FindSite(change, siteName, isOwn) is not { } site)
        {
            return SiteName.Unknown(siteName);
        }

        if (change.Copies.Find(name.Dataset, site) is not { } copy)
        {
            return (ErrorCode.NotFound with { Advice = $"`hutch replicate {name.FullName}` shows which sites have one." }).With(
                $"{siteName} has no copy of {name.FullName}, and is not to have one.");
        }

        if (copy is { IsChosen: false, ReleasedAt: null })
        {
            change.Copies.Add(name.Dataset, site, $"was asked for until {caller.Name} took that back", null, isChosen: true);
        }

        change.AddAudit("copy.unask", "dataset:" + name.Dataset, "site " + siteName);
        return List(change, name);
    }

    private static ErrorCode Unchanged { get; } = ErrorCode.Conflict with { Advice = "Choose another site. Nothing was changed." };

    private static string? FindSite(ZoneChange change, string siteName, bool isOwn) =>
        isOwn ? change.ZoneId : change.Sites.FindByName(siteName)?.Id;

    private static DatasetSites List(ZoneTables tables, NameRecord name)
    {
        // The reason why a move waits is stored without a change of the zone, so the name record may be older.
        HomeRecord home = tables.Homes.Find(name.Dataset) ?? name.Home;
        return new DatasetSites(
            tables.Sites.Find(home.SiteId), home, home.NextId is { } next ? tables.Sites.Find(next) : null,
            [.. tables.Copies.OfDataset(name.Dataset).Select(copy => new CopyAtSite(tables.Sites.Find(copy.SiteId), copy))
                .Where(static copy => copy.Site?.RemovedAt is null)])
        {
            Others = [.. tables.Sites.List().Where(site => site.Id != home.SiteId)],
        };
    }

    /// <summary>Records a hold of a site's copy, or its end, for the home. A held copy stays. Repeating it changes nothing.</summary>
    /// <returns>A refusal when the copy is incomplete or released, because a home must not rely on it.</returns>
    public async ValueTask<Result<Done>> HoldAsync(string siteId, DatasetId dataset, bool isHeld, CancellationToken ct) =>
        await zone.ReadAsync(tables => IsNoted(tables.Copies.Find(dataset, siteId), isHeld), ct)
            ? Done.Value
            : await zone.ChangeAsync(AuditActor.Server, change => Hold(change, siteId, dataset, isHeld), ct);

    private static bool IsNoted(CopyRecord? copy, bool isHeld) => (copy?.HeldAt is not null) == isHeld;

    private static Result<Done> Hold(ZoneChange change, string siteId, DatasetId dataset, bool isHeld)
    {
        CopyRecord? copy = change.Copies.Find(dataset, siteId);
        if (isHeld && copy is not { CompleteAt: not null, ReleasedAt: null })
        {
            return ErrorCode.Conflict.With($"The zone does not count on this copy of dataset {dataset}: it is not whole, or was released.");
        }

        change.Copies.SetHold(dataset, siteId, isHeld);
        change.AddAudit(isHeld ? "copy.hold" : "copy.unhold", "dataset:" + dataset, "site:" + siteId);
        return Done.Value;
    }
}

/// <param name="Home">The home; null for the zone's own site.</param>
/// <param name="Next">The next home; null for the zone's own site, or for none.</param>
public sealed record DatasetSites(SiteRecord? Home, HomeRecord Epoch, SiteRecord? Next, IReadOnlyList<CopyAtSite> Copies)
{
    /// <summary>The joined sites other than the home, for managers of the dataset.</summary>
    public required IReadOnlyList<SiteRecord> Others { get; init; }
}

/// <param name="Site">The site; null for the zone's own site.</param>
public sealed record CopyAtSite(SiteRecord? Site, CopyRecord Copy)
{
    /// <summary>Returns the copy without the paths of files, for callers that may not read them.</summary>
    internal CopyAtSite WithoutPaths() => Copy.Told is { Failures: { } failures } progress
        ? this with { Copy = Copy with { Told = progress with { Failures = failures with { Files = [] } } } }
        : this;

    /// <summary>Returns the copy without the site's reports of problems and without the reason of its choice.</summary>
    internal CopyAtSite WithoutReasons() => this with
    {
        Copy = Copy with { Reason = null, Told = Copy.Told is { } progress ? progress with { Problem = null, Failures = null } : null },
    };
}
