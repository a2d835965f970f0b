using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Uploads;

namespace Hutch.Site.Life.Lifecycle;

/// <summary>
/// Applies the lifecycle rules of datasets on a schedule: removes expired files, trashes idle datasets, aborts old uploads.
/// </summary>
public sealed class LifecycleRuleRunner(
    SiteDatabase records,
    HeadReader heads,
    BlobStore blobs,
    EntryWriter entries,
    DatasetLifecycle lifecycle,
    PartUploads uploads,
    LifecycleOptions options,
    TimeProvider time)
{
    private const string By = "hutch";

    private DateOnly _swept;

    /// <summary>Applies all due rules once.</summary>
    /// <returns>The number of files, datasets and uploads that ended.</returns>
    public async Task<int> RunAsync(CancellationToken ct) =>
        await AbortUploadsAsync(ct) + await TrashRestingAsync(ct) + await SweepOnceADayAsync(ct);

    private async Task<int> AbortUploadsAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        List<Guid> old = await records.ReadConsistentAsync(
            queries => queries.UploadsBefore(now.AddDays(-1).ToUnixTimeMilliseconds())
                .Where(upload => IsOld(queries, upload, now.ToUnixTimeMilliseconds()))
                .Select(static upload => upload.Id)
                .ToList(),
            ct);
        int aborted = 0;
        foreach (Guid upload in old)
        {
            Result<Done> done = await uploads.AbortAsync(
                upload, (context, found) => IsOld(context.Queries, found, context.Now), ct);
            aborted += done.IsOk ? 1 : 0;
        }

        return aborted;
    }

    private bool IsOld(SiteQueries queries, SiteUpload upload, long now)
    {
        LifecycleRule? rule = queries.DatasetKey(upload.Dataset) is long key
            ? LifecycleRule.Parse(queries.Setting(key, LifecycleRule.SettingName))
            : null;
        int days = rule?.AbortUploadDays ?? options.UploadDays;
        return DateTimeOffset.FromUnixTimeMilliseconds(upload.Started).AddDays(days).ToUnixTimeMilliseconds() <= now;
    }

    /// <summary>Moves idle datasets to the trash. A rule set after the data came removes the whole dataset, never single files.</summary>
    private async Task<int> TrashRestingAsync(CancellationToken ct)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        List<DatasetId> resting = await records.ReadConsistentAsync(
            queries => queries.SettingsOf(LifecycleRule.SettingName)
                .Select(setting => queries.DatasetByKey(setting.Dataset))
                .Where(dataset => dataset is not null && IsResting(queries, dataset, now))
                .Select(static dataset => dataset!.Id)
                .ToList(),
            ct);
        int trashed = 0;
        foreach (DatasetId dataset in resting)
        {
            Result<SiteDataset> done = await lifecycle.TrashAsync(
                dataset, By, (context, found) => IsResting(context.Queries, found, context.Now) ? null : Changed(found), ct);
            trashed += done.IsOk ? 1 : 0;
        }

        return trashed;
    }

    private static bool IsResting(SiteQueries queries, SiteDataset dataset, long now)
    {
        if (LifecycleRule.Parse(queries.Setting(dataset.Key, LifecycleRule.SettingName))?.ExpireDays is not int days
            || dataset is not { Expires: null, Ended: null, TrashedUntil: null, Closed: null }
            || queries.HasOverlay(dataset.Key))
        {
            return false;
        }

        long touched = dataset.Snapshot is long number
            ? queries.Snapshot(dataset.Key, number)?.Time ?? dataset.Created
            : dataset.Created;
        return DatasetLanes.EndOf(touched, days) < now;
    }

    private static HutchError Changed(SiteDataset dataset) =>
        ErrorCode.Conflict.With($"Dataset '{dataset.Owner}/{dataset.Slug}' was changed by another request. Nothing was done.");

    private async Task<int> SweepOnceADayAsync(CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (today == _swept)
        {
            return 0;
        }

        int swept = 0;
        foreach (SiteDataset dataset in await records.ReadAsync(queries => queries.RollingDatasets(), ct))
        {
            swept += await SweepAsync(dataset, ct);
        }

        _swept = today;
        return swept;
    }

    /// <summary>Removes the names of expired files: the lanes of past days and their bytes are already gone.</summary>
    private async Task<int> SweepAsync(SiteDataset dataset, CancellationToken ct)
    {
        int swept = 0;
        long newest = time.GetUtcNow().AddDays(-dataset.TransientDays!.Value).ToUnixTimeMilliseconds() * Entry.NanosecondsPerMillisecond;
        await foreach (PathEntry file in heads.EnumerateAsync(new TreeView(dataset, dataset.Root, null), "", ct))
        {
            if (file.Entry.Kind != EntryKind.File || file.Entry.ModifiedNanoseconds >= newest || await IsThereAsync(file.Entry.Hash, ct))
            {
                continue;
            }

            // A file that was put again in the meantime has its bytes.
            var same = new EntryCondition { MustBe = current => current == file.Entry };
            swept += (await entries.RemoveAsync(dataset.Id, file.Path, same, ct)).IsOk ? 1 : 0;
        }

        return swept;
    }

    private async ValueTask<bool> IsThereAsync(BlobHash hash, CancellationToken ct)
    {
        // Damaged is not expired: the name stays, so that its bytes can be repaired.
        MemberKey key = MemberKey.Blob(hash);
        return blobs.Bytes.TryLocate(key, out _) || blobs.IsDamaged(key)
            || await records.ReadAsync(queries => queries.LargeBlob(hash), ct) is not null;
    }
}
