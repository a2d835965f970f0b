using System.Collections.Concurrent;
using Hutch.Datasets.Replication.Sites;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>
/// Asks the zone for lasting names for the datasets that were made here while it could not be reached. Asking again with the same dataset
/// gives the same name, so an answer that was lost, and a crash at any step, change nothing. What the zone refuses stays as it is: here,
/// and its owner's.
/// </summary>
public sealed class ProvisionalNames(
    ProvisionalNameRegistry provisional, NameReconciler reconciler, SiteDatabase records, ISiteNetwork? network, TimeProvider time)
{
    private const int MaxReported = 10;

    /// <summary>Datasets and rights that go into one request to the zone.</summary>
    private const int MaxRows = 200;

    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    /// <summary>The delay after a refusal: the answer stays the same until a person acts.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(15);

    /// <summary>The refusals of the zone: the name, the message, and the time of the next request.</summary>
    private readonly ConcurrentDictionary<DatasetId, Refused> _refused = new();

    /// <summary>Datasets from before this server joined that the zone refuses.</summary>
    private readonly ConcurrentDictionary<DatasetId, HutchError> _notRegistered = new();

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            long version = provisional.Version;
            if (await StepAsync(ct))
            {
                await provisional.WaitForChangeAsync(version, ct);
            }
            else
            {
                await Task.Delay(AskEvery, time, ct);
            }
        }
    }

    internal IEnumerable<SiteWarning> Warnings() => _refused.Values.OrderBy(static one => one.Name, StringComparer.Ordinal).Take(
        MaxReported)
        .Select(static one => new SiteWarning(
            "name-provisional",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The zone does not register the dataset {one.Name}, which was made here while it could not be reached: {one.Why}"),
            "Its owner can still use it here; no other site sees it. This site asks the zone again automatically: give its creator an "
            + "account and a token for this site.")
        {
            IsConfidential = true,
        });

    /// <returns>Whether nothing is left to do before something changes.</returns>
    internal async Task<bool> StepAsync(CancellationToken ct)
    {
        bool isDone = true;
        IReadOnlyList<ProvisionalName> all = await provisional.ListAsync(ct);
        foreach (DatasetId gone in _refused.Keys.Except(all.Where(static name => !name.IsRegistered).Select(static name => name.Dataset)))
        {
            _refused.TryRemove(gone, out _);
        }

        // A name that stays as an alias was reported: each further report would be a change, to which this loop would react again.
        if (all.Any(static name => name is { IsRegistered: false, Imported: not null }) || await provisional.IsImportingAsync(ct))
        {
            isDone &= await RegisterAsync(all, ct);
            all = await provisional.ListAsync(ct);
        }

        foreach (ProvisionalName name in all)
        {
            isDone &= await StepAsync(name, ct);
        }

        return isDone;
    }

    /// <summary>
    /// Reports datasets from before this server joined to the zone, many at once. A refused one waits for a token of its owner, like a
    /// dataset that was made without the zone.
    /// </summary>
    private async Task<bool> RegisterAsync(IReadOnlyList<ProvisionalName> all, CancellationToken ct)
    {
        ProvisionalName[] left = [.. all.Where(static name => name is { IsRegistered: false, Imported: not null })];
        if (network is not { Zone.IsConnected: true })
        {
            return false;
        }

        DatasetId[] due =
        [
            .. left.Select(static name => name.Dataset).Where(dataset => !IsEarly(dataset) && !reconciler.IsBeingMade(dataset)),
        ];
        HashSet<DatasetId> here = [];
        foreach (DatasetId[] some in due.Chunk(MaxRows))
        {
            here.UnionWith((await records.ReadAsync(queries => queries.Datasets(some), ct))
                .Where(static dataset => dataset.Ended is null).Select(static dataset => dataset.Id));
        }

        ImportedDataset[] imports = [.. left.Select(static name => name.Imported!).Where(dataset => here.Contains(dataset.Dataset))];
        for (int at = 0; at < imports.Length;)
        {
            ImportedDataset[] some = [.. TakeBatch(imports.Skip(at))];
            if (!(await network.ImportAsync(some, isLast: false, ct)).TryGet(out IReadOnlyList<ImportedName>? names, out _))
            {
                return false;
            }

            foreach (ImportedName name in names)
            {
                Record(name);
            }

            at += some.Length;
        }

        if (!await provisional.HasUnregisteredAsync(ct) && (await network.ImportAsync([], isLast: true, ct)).IsOk)
        {
            await provisional.EndImportAsync(ct);
            return true;
        }

        return false;
    }

    private void Record(ImportedName name)
    {
        if (name.Problem is { } problem)
        {
            _notRegistered[name.Dataset] = ErrorCode.Conflict.With(problem);
        }
        else
        {
            _notRegistered.TryRemove(name.Dataset, out _);
        }
    }

    internal static IEnumerable<ImportedDataset> TakeBatch(IEnumerable<ImportedDataset> datasets)
    {
        int rows = 0;
        return datasets.TakeWhile((dataset, at) => at == 0 || (rows += 1 + dataset.Grants.Count) < MaxRows);
    }

    private async Task<bool> StepAsync(ProvisionalName name, CancellationToken ct)
    {
        // Before the records are read: a dataset that was finished in between would be missing in them, and lose its name.
        bool isBeingMade = reconciler.IsBeingMade(name.Dataset);
        SiteDataset? here = await records.ReadAsync(queries => queries.Dataset(name.Dataset), ct);
        if (name.IsRegistered)
        {
            return here is null || await ConfirmAsync(name, here, ct);
        }

        if (isBeingMade)
        {
            return false;
        }

        if (here is null && reconciler.MayBeMadeElsewhere(name.GivenAt))
        {
            return false;
        }

        if (here is null or { Ended: not null })
        {
            await provisional.RemoveAsync(name.Dataset, ct);
            return true;
        }

        return await RegisterAsync(name, ct);
    }

    private async Task<bool> RegisterAsync(ProvisionalName name, CancellationToken ct)
    {
        bool isToBeBrought = name.Imported is not null && !_notRegistered.ContainsKey(name.Dataset);
        if (isToBeBrought || IsEarly(name.Dataset) || network is not { Zone.IsConnected: true })
        {
            return false;
        }

        Result<NameRecord> registered = await RequestAsync(name, ct);
        if (registered.IsOk)
        {
            _refused.TryRemove(name.Dataset, out _);
        }
        else if (registered.Error.Code != ErrorCode.Unavailable)
        {
            _refused[name.Dataset] = new Refused(name.FullName, registered.Error.Message, time.GetTimestamp(), provisional.Version);
        }

        return registered.IsOk;
    }

    private bool IsEarly(DatasetId dataset) => _refused.TryGetValue(dataset, out Refused? before) && before.Version == provisional.Version
        && time.GetElapsedTime(before.At) < AfterRefusal;

    /// <summary>
    /// Asks with one token after the other; for the maker when the zone does not give the dataset to whom it was made for.
    /// </summary>
    private async Task<Result<NameRecord>> RequestAsync(ProvisionalName name, CancellationToken ct)
    {
        HutchError? first = _notRegistered.GetValueOrDefault(name.Dataset);
        foreach (string token in await provisional.TokensAsync(name, ct))
        {
            Result<NameRecord> asked = await network!.RegisterNameAsync(name, token, isForMaker: name.IsMakers, ct);
            bool isNotForOwner = !asked.IsOk && (asked.Error.Code == ErrorCode.Forbidden || asked.Error.Code == ErrorCode.NotFound);
            asked = isNotForOwner && !name.IsMakers ? await network.RegisterNameAsync(name, token, isForMaker: true, ct) : asked;
            if (asked.IsOk || asked.Error.Code == ErrorCode.Unavailable)
            {
                return asked;
            }

            first ??= asked.Error;
        }

        return first ?? ErrorCode.Unauthenticated.With("No user has a token for it.");
    }

    /// <summary>
    /// Reports the lasting name to the site's own record: its copy of it, for salvage without the zone. After that, the provisional name is
    /// needed only where it differs.
    /// </summary>
    private async Task<bool> ConfirmAsync(ProvisionalName name, SiteDataset here, CancellationToken ct)
    {
        if (await provisional.FindAsync(here.Id, ct) is not { } permanent)
        {
            return true;
        }

        bool isTold = here.EndedWay == "purged" || (here.Owner == permanent.Owner.Name && here.Slug == permanent.Slug)
            || (await reconciler.ReportAsync(permanent, "hutch", ct)).IsOk;
        if (isTold && permanent.Alias is null)
        {
            await provisional.EndAsync(name, ct);
        }

        return isTold;
    }

    private sealed record Refused(string Name, string Why, long At, long Version);
}
