using Hutch.Site.Write.Committing;

namespace Hutch.Site.Life.Lifecycle;

/// <summary>Tags of snapshots, and the thinning out of automatic ones.</summary>
public sealed class Snapshots(Committer committer, SiteDatabase records, LifecycleOptions options, TimeProvider time)
{
    /// <summary>Returns snapshots, newest first, with numbers below <paramref name="before"/>.</summary>
    public ValueTask<IReadOnlyList<SiteSnapshot>> ListAsync(SiteDataset dataset, long before, int limit, CancellationToken ct) =>
        records.ReadAsync(queries => queries.Snapshots(dataset.Key, before, limit), ct);

    /// <summary>Puts a tag on a snapshot, also of a closed dataset: a tag names and changes nothing.</summary>
    public Task<Result<SiteSnapshot>> TagAsync(
        DatasetId id, string tag, long number, string by, CancellationToken ct) => committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequirePresent).Then<SiteSnapshot>(dataset =>
        {
            if (context.Queries.Snapshot(dataset.Key, number) is null)
            {
                return ErrorCode.NotFound.With($"Dataset '{dataset.Owner}/{dataset.Slug}' has no snapshot @{number}.");
            }

            if (TagLimit.FindRefusal(context.Queries, dataset, tag) is { } refusal)
            {
                return refusal;
            }

            context.Emit(new JournalRecord.TagSet(id, tag, number, by));
            return context.Queries.Snapshot(dataset.Key, number)!;
        }),
        [],
        ct);

    public Task<Result<Done>> UntagAsync(DatasetId id, string tag, string by, CancellationToken ct) => committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequirePresent).Then<Done>(dataset =>
        {
            if (context.Queries.TaggedSnapshot(dataset.Key, tag) is null)
            {
                return ErrorCode.NotFound.With($"Dataset '{dataset.Owner}/{dataset.Slug}' has no tag '{tag}'.");
            }

            context.Emit(new JournalRecord.TagRemoved(id, tag, by));
            return Done.Value;
        }),
        [],
        ct);

    /// <summary>
    /// Thins out the automatic snapshots of an open dataset: keeps all of the last days, then one a day, then none. The newest one stays.
    /// So do those that were pushed, tagged, requested, made at close, or read by a run.
    /// </summary>
    /// <returns>The number of dropped snapshots; 0 when the dataset was closed or deleted in the meantime.</returns>
    /// <exception cref="HutchException">The disk refused the write.</exception>
    public Task<int> ThinAsync(DatasetId id, CancellationToken ct) => ThinAsync(id, ToDrop, ct);

    /// <summary>
    /// Thins out the automatic snapshots of an owner's datasets, whatever their age, as far as all versions together exceed the quota.
    /// </summary>
    public async Task ThinForAsync(OwnerQuota quota, CancellationToken ct)
    {
        foreach (DatasetId id in await records.ReadAsync(
            queries => QuotaThinning.Exceeds(queries, quota) ? queries.DatasetsToThin(quota.Owner) : [], ct))
        {
            await ThinAsync(
                id,
                (queries, dataset, now) => QuotaThinning.Exceeds(queries, quota) ? QuotaThinning.Droppable(queries, dataset, now) : [],
                ct);
        }
    }

    private async Task<int> ThinAsync(
        DatasetId id, Func<SiteQueries, SiteDataset, long, IEnumerable<SiteSnapshot>> find, CancellationToken ct)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!await records.ReadAsync(queries => queries.Dataset(id) is { } seen && find(queries, seen, now).Any(), ct))
        {
            return 0;
        }

        Result<int> dropped = await committer.CommitAsync<int>(
            context =>
            {
                int count = 0;
                if (context.OpenDataset(id).TryGet(out SiteDataset? dataset, out _))
                {
                    foreach (SiteSnapshot snapshot in find(context.Queries, dataset, context.Now).ToList())
                    {
                        context.Emit(new JournalRecord.SnapshotDropped(id, snapshot.Number));
                        count++;
                    }
                }

                return count;
            },
            [],
            ct,
            mayUseReserve: true);
        return dropped.Value;
    }

    /// <summary>Drops the snapshots of copies that their homes no longer name, when their time here is over; cited ones stay.</summary>
    public async Task<int> DropLeftOutAsync(CancellationToken ct)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!await records.ReadAsync(queries => queries.SnapshotsToDrop(now).Count > 0, ct))
        {
            return 0;
        }

        Result<int> dropped = await committer.CommitAsync<int>(
            context =>
            {
                int count = 0;
                foreach ((DatasetId dataset, long number) in context.Queries.SnapshotsToDrop(context.Now))
                {
                    if (!context.Queries.CitedSnapshots(dataset).Contains(number))
                    {
                        context.EmitOfHome(new JournalRecord.SnapshotDropped(dataset, number));
                        count++;
                    }
                }

                return count;
            },
            [],
            ct,
            mayUseReserve: true);
        return dropped.Value;
    }

    /// <summary>Lists the versions before the newest one of a dataset at its home, by what becomes of them.</summary>
    public SupersededVersions FindSuperseded(SiteQueries queries, SiteDataset dataset)
    {
        IReadOnlyList<SiteSnapshot> old = [.. queries.Snapshots(dataset.Key, dataset.Snapshot ?? 0, int.MaxValue)];
        SiteSnapshot[] ending = old.Count == 0 || dataset.Closed is not null
            ? []
            : [.. QuotaThinning.Droppable(queries, dataset, long.MaxValue)];
        HashSet<long> going = [.. ending.Select(static one => one.Number)];
        long newest = ending.Select(static one => one.Time).DefaultIfEmpty().Max();
        return new SupersededVersions(
            [.. going], [.. old.Select(static one => one.Number).Where(number => !going.Contains(number))],
            DateTimeOffset.FromUnixTimeMilliseconds(newest)
                .AddDays(Math.Max(options.KeepAllSnapshotsDays, options.KeepDailySnapshotsDays)));
    }

    /// <summary>The time before which snapshots are thinned out; milliseconds since 1970.</summary>
    public long ThinBefore => ThinBeforeAt(time.GetUtcNow().ToUnixTimeMilliseconds());

    private long ThinBeforeAt(long now) => now - (long)TimeSpan.FromDays(options.KeepAllSnapshotsDays).TotalMilliseconds;

    private IEnumerable<SiteSnapshot> ToDrop(SiteQueries queries, SiteDataset dataset, long now)
    {
        var keptDays = new HashSet<long>();
        IReadOnlySet<long> cited = queries.CitedSnapshots(dataset.Id);
        return queries.AutomaticSnapshots(dataset.Key, ThinBeforeAt(now))
            .Where(snapshot => snapshot.Number != dataset.Snapshot && !cited.Contains(snapshot.Number) && MayGo(snapshot, now, keptDays));
    }

    private bool MayGo(SiteSnapshot snapshot, long now, HashSet<long> keptDays)
    {
        double age = TimeSpan.FromMilliseconds(now - snapshot.Time).TotalDays;
        long day = snapshot.Time / (long)TimeSpan.FromDays(1).TotalMilliseconds;
        return age > options.KeepDailySnapshotsDays || !keptDays.Add(day);
    }
}
