using Hutch.Zone.Changes;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>Reports the zone's new names and owners to a site's records. At the zone's own site, its services update these.</summary>
public sealed class NameChangeFollower
{
    private const int AtOnce = 500;

    private readonly DatasetNames _names;
    private readonly ZoneChanges _changes;
    private readonly NameReconciler _reconciler;
    private readonly SiteDatabase _records;
    private long? _followed;

    internal NameChangeFollower(DatasetNames names, ZoneChanges changes, NameReconciler reconciler, SiteDatabase records) =>
        (_names, _changes, _reconciler, _records) = (names, changes, reconciler, records);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            long version = _changes.Version;
            if (_names.AreOfAnotherZone)
            {
                await StepAsync(ct);
            }

            await _changes.WaitForChangeAsync(version, ct);
        }
    }

    /// <summary>Compares the names that have changed since the last time; the first time, all names.</summary>
    private async Task StepAsync(CancellationToken ct)
    {
        if (_followed is null)
        {
            long newest = await _changes.NewestAsync(ct);
            await CompareAllAsync(ct);
            _followed = newest;
        }

        while (await _changes.SinceAsync(_followed.Value, AtOnce, ct) is { Count: > 0 } lines)
        {
            DatasetId[] changed = [.. lines.Select(ZoneChanges.DatasetOf).OfType<DatasetId>().Distinct()];
            await CompareAsync(await _records.ReadAsync(queries => queries.Datasets(changed), ct), ct);
            _followed = lines[^1].Sequence;
        }
    }

    private async Task CompareAllAsync(CancellationToken ct)
    {
        long after = 0;
        while (await _records.ReadAsync(queries => queries.DatasetsAfter(after, AtOnce), ct) is { Count: > 0 } some)
        {
            await CompareAsync(some, ct);
            after = some[^1].Key;
        }
    }

    private async Task CompareAsync(IReadOnlyList<SiteDataset> datasets, CancellationToken ct)
    {
        Dictionary<DatasetId, SharedName> names = await _changes.NamesAsync([.. datasets.Select(static one => one.Id)], ct);
        foreach (SiteDataset dataset in datasets)
        {
            if (names.TryGetValue(dataset.Id, out SharedName? known))
            {
                await _reconciler.PutRightAsync(known.Name, dataset, ct);
            }
        }
    }
}
