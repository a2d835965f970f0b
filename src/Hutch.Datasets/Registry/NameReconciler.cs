using System.Collections.Concurrent;
using Hutch.Datasets.Replication.Sites;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>
/// Reconciles the zone's names and the site's datasets after a crash between the two. A name without a dataset is freed, a dataset without
/// a name gets the one of its record back, and a record with an older name gets the newer one.
/// </summary>
public sealed class NameReconciler(
    DatasetNames names, ProvisionalNameRegistry provisional, SiteDatabase records, DatasetLifecycle lifecycle, ISiteNetwork? network)
{
    private const int MaxNames = 1000;

    private const int AtOnce = 500;

    private readonly ConcurrentDictionary<DatasetId, bool> _beingMade = new();

    /// <summary>
    /// Says that a dataset is being made here, so that its name is not taken for a forgotten one. Other servers leave a young name alone.
    /// </summary>
    internal IDisposable Begin(DatasetId dataset)
    {
        _beingMade[dataset] = true;
        return new Making(this, dataset);
    }

    /// <summary>Compares everything once. The host runs it after each start.</summary>
    /// <returns>How many differences it put right.</returns>
    public async Task<int> RunAsync(CancellationToken ct) =>
        names.AreOfAnotherZone ? 0 : await CompareNamesAsync(ct) + await NameTheNamelessAsync(ct);

    /// <summary>
    /// Frees a name whose dataset was never made; false when there is one, one is just being made, or another site is its home.
    /// </summary>
    internal async ValueTask<bool> FreeIfUnusedAsync(NameRecord name, CancellationToken ct)
    {
        DatasetId dataset = name.Dataset;
        if (name.Home.SiteId != names.SiteId || IsBeingMade(dataset, name.CreatedAt)
            || await records.ReadAsync(queries => queries.Dataset(dataset), ct) is not null)
        {
            return false;
        }

        return !names.AreOfAnotherZone ? await names.ReleaseUnusedAsync(dataset, ct)
            : name.IsProvisional ? await provisional.RemoveAsync(dataset, ct)
            : network is not null && (await network.ReleaseNameAsync(dataset, ct)).IsOk;
    }

    internal bool IsBeingMade(DatasetId dataset) => _beingMade.ContainsKey(dataset);

    /// <summary>Returns true if this server is making the dataset of a name, or another one of the site may be.</summary>
    private bool IsBeingMade(DatasetId dataset, DateTimeOffset givenAt) => IsBeingMade(dataset) || names.MayBeMade(givenAt);

    /// <summary>Returns true if another server of the site may be making the dataset of a name given at that time.</summary>
    internal bool MayBeMadeElsewhere(DateTimeOffset givenAt) => names.MayBeMade(givenAt);

    /// <summary>
    /// Reserves a name, a free one or one that a crash left without a dataset. Callers first mark the dataset as being made.
    /// </summary>
    /// <param name="isNewId">True if the id is certainly unused: an id that a client chose may be that of a dataset elsewhere.</param>
    /// <param name="owner">The future owner; null for the caller.</param>
    internal async Task<Result<NameRecord>> ReserveAsync(
        Caller caller, DatasetId id, bool isNewId, AccountName? owner, Slug slug, CancellationToken ct)
    {
        Result<NameRecord> reserved = await ReconcileAsync(caller, id, isNewId, owner, slug, ct);
        if (reserved.IsOk || reserved.Error.Code != ErrorCode.AlreadyExists)
        {
            return reserved;
        }

        Result<Access> taken = await names.ResolveAsync(
            caller, new DatasetRef(null, owner ?? AccountName.Parse(caller.Name).Value, slug, null), ct);

        // Not found: it was freed between the two questions, or belongs to whom the caller may not see; then it is refused again.
        bool mayBeFree = taken.IsOk
            ? await FreeIfUnusedAsync(taken.Value.Dataset, ct)
            : taken.Error.Code == ErrorCode.NotFound;
        return mayBeFree
            ? await ReconcileAsync(caller, id, isNewId, owner, slug, ct)
            : reserved;
    }

    /// <summary>
    /// Reserves a name that is free; at a site of another zone, there. While that cannot be reached, the site gives a provisional one.
    /// </summary>
    internal async Task<Result<NameRecord>> ReconcileAsync(
        Caller caller, DatasetId id, bool isNewId, AccountName? owner, Slug slug, CancellationToken ct)
    {
        if (!names.AreOfAnotherZone)
        {
            return await names.ReserveAsync(caller, id, owner, slug, ct);
        }

        Result<NameRecord> reserved = await provisional.CheckFreeAsync(id, owner?.Value ?? caller.Name, slug, ct) is { } taken ? taken
            : network is null ? ErrorCode.Unavailable.With("This server cannot speak with its zone.")
            : await network.ReserveNameAsync(caller, id, owner, slug, ct);
        if (reserved.IsOk)
        {
            await provisional.EndAliasAsync(reserved.Value, ct);
            return reserved;
        }

        return reserved.Error.Code == ErrorCode.Unavailable && isNewId && caller.Token is not null
            ? await provisional.GiveAsync(caller, id, owner, slug, ct)
            : reserved;
    }

    /// <inheritdoc cref="DatasetNames.FindResultOwnerAsync"/>
    internal ValueTask<AccountName?> FindResultOwnerAsync(Caller caller, IEnumerable<DatasetId> inputs, CancellationToken ct) =>
        names.FindResultOwnerAsync(caller, inputs, ct);

    /// <summary>Returns the days after which datasets of an owner expire, if it is a visit that says so; otherwise null.</summary>
    internal async ValueTask<int?> FindKeepDaysAsync(PrincipalRecord owner, CancellationToken ct) =>
        (await names.FindVisitAsync(owner, ct))?.KeepDays;

    /// <summary>Reserves the first name that is free: <c>lysozyme-spots</c>, <c>lysozyme-spots-2</c> and so on.</summary>
    /// <param name="owner">The future owner; null for the caller.</param>
    /// <param name="name">The first name.</param>
    /// <param name="ending">The end of the name that stays when the whole is too long; empty for none.</param>
    internal async Task<Result<NameRecord>> ReserveNumberedAsync(
        Caller caller, DatasetId id, AccountName? owner, string name, string ending, CancellationToken ct)
    {
        string stem = ending.Length > 0 && name.EndsWith(ending, StringComparison.Ordinal) ? name[..^ending.Length] : name;
        for (int number = 1; number <= MaxNames; number++)
        {
            string suffix = name[stem.Length..] + (number == 1 ? "" : FormattableString.Invariant($"-{number}"));
            Result<NameRecord> reserved = Slug.Parse(stem[..Math.Min(stem.Length, Slug.MaxLength - suffix.Length)] + suffix)
                .TryGet(out Slug slug, out HutchError? refusal)
                    ? await ReconcileAsync(caller, id, isNewId: true, owner, slug, ct)
                    : refusal;
            if (reserved.IsOk || reserved.Error.Code != ErrorCode.AlreadyExists)
            {
                return reserved;
            }
        }

        return ErrorCode.AlreadyExists.With(
            $"You have {MaxNames} datasets named '{name}' and so on. Choose another name for the results.");
    }

    /// <summary>Frees the name of a dataset that could not be made. What fails is put right when the name is next wanted.</summary>
    internal async Task ReleaseAsync(Caller caller, DatasetId dataset, string reason, CancellationToken ct)
    {
        if (!names.AreOfAnotherZone)
        {
            await names.ReleaseAsync(caller.Actor, dataset, reason, ct);
        }
        else if (!await provisional.RemoveAsync(dataset, ct) && network is not null)
        {
            _ = await network.ReleaseNameAsync(dataset, ct);
        }
    }

    /// <summary>
    /// Reports the name of a dataset to the site, if it has the dataset: the site's copy of the name, for salvage without the zone. A home
    /// elsewhere learns it from its own view of the zone.
    /// </summary>
    internal async Task<Result<Done>> ReportAsync(NameRecord name, string by, CancellationToken ct)
    {
        Result<SiteDataset> reported = await lifecycle.DescribeAsync(name.Dataset, name.Owner.Name, name.Slug, null, null, by, ct);
        bool isElsewhere = reported.Error?.Code == ErrorCode.NotFound && name.Home.SiteId != names.SiteId;
        return reported.IsOk || isElsewhere ? Done.Value : reported.Error;
    }

    internal async Task<bool> PutRightAsync(NameRecord name, SiteDataset dataset, CancellationToken ct)
    {
        bool differs = dataset.EndedWay != "purged" && (dataset.Owner != name.Owner.Name || dataset.Slug != name.Slug);
        return differs && (await ReportAsync(name, "hutch", ct)).IsOk;
    }

    private async Task<int> CompareNamesAsync(CancellationToken ct)
    {
        int changes = 0;
        DatasetId? after = null;
        while (true)
        {
            IReadOnlyList<NameRecord> some = await names.ListAllAsync(after, AtOnce, ct);
            DatasetId[] ids = [.. some.Select(name => name.Dataset)];
            Dictionary<DatasetId, SiteDataset> known = (await records.ReadAsync(queries => queries.Datasets(ids), ct))
                .ToDictionary(d => d.Id);
            foreach (NameRecord name in some)
            {
                changes += await CompareAsync(name, known.GetValueOrDefault(name.Dataset), ct) ? 1 : 0;
            }

            if (some.Count < AtOnce)
            {
                return changes;
            }

            after = ids[^1];
        }
    }

    private async ValueTask<bool> CompareAsync(NameRecord name, SiteDataset? dataset, CancellationToken ct) =>
        dataset is null ? await FreeIfUnusedAsync(name, ct) : await PutRightAsync(name, dataset, ct);

    private async Task<int> NameTheNamelessAsync(CancellationToken ct)
    {
        int changes = 0;
        long after = 0;
        while (await records.ReadAsync(queries => queries.DatasetsAfter(after, AtOnce), ct) is { Count: > 0 } some)
        {
            // A copy is at home elsewhere, whatever a zone that was restored knows of it.
            foreach (SiteDataset dataset in some.Where(static dataset => dataset.Copy is null))
            {
                changes += await names.AdoptAsync(dataset.Id, dataset.Owner, dataset.Slug, ct) ? 1 : 0;
            }

            after = some[^1].Key;
        }

        return changes;
    }

    private sealed class Making(NameReconciler owner, DatasetId dataset) : IDisposable
    {
        public void Dispose() => owner._beingMade.TryRemove(dataset, out _);
    }
}
