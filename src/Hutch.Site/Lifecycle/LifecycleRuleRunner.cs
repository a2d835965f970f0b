using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Blobs;
using Hutch.Site.Entries;
using Hutch.Site.Heads;
using Hutch.Site.Uploads;
using Hutch.Storage;

namespace Hutch.Site.Lifecycle;

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

    /// <summary>Does once what is due.</summary>
    /// <returns>How many files, datasets and uploads ended.</returns>
    public async Task<int> RunAsync(CancellationToken ct) =>
        await AbortUploadsAsync(ct) + await TrashRestingAsync(ct) + await SweepOnceADayAsync(ct);

    private async Task<int> AbortUploadsAsync(CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<SiteUpload> old = await records.ReadAsync(
            queries => queries.UploadsBefore(now.AddDays(-1).ToUnixTimeMilliseconds()), ct);
        int aborted = 0;
        foreach (SiteUpload upload in old)
        {
            LifecycleRule? rule = await RuleOfAsync(upload.Dataset, ct);
            int days = rule?.AbortUploadDays ?? options.UploadDays;
            if (DateTimeOffset.FromUnixTimeMilliseconds(upload.Started).AddDays(days) <= now
                && (await uploads.AbortAsync(upload.Id, ct)).IsOk)
            {
                aborted++;
            }
        }

        return aborted;
    }

    /// <summary>
    /// A rule that came after the data removes no single file: when the dataset has been idle for so long, it goes to the trash as a whole.
    /// </summary>
    private async Task<int> TrashRestingAsync(CancellationToken ct)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        List<DatasetId> resting = await records.ReadConsistentAsync(queries => FindResting(queries, now), ct);
        int trashed = 0;
        foreach (DatasetId dataset in resting)
        {
            trashed += (await lifecycle.TrashAsync(dataset, By, ct)).IsOk ? 1 : 0;
        }

        return trashed;
    }

    private static List<DatasetId> FindResting(SiteQueries queries, long now)
    {
        var resting = new List<DatasetId>();
        foreach ((long key, string value) in queries.SettingsOf(LifecycleRule.SettingName))
        {
            if (LifecycleRule.Parse(value)?.ExpireDays is not int days
                || queries.DatasetByKey(key) is not { Expires: null, Ended: null, TrashedUntil: null, Closed: null } dataset
                || queries.HasOverlay(key))
            {
                continue;
            }

            long touched = dataset.Snapshot is long number ? queries.Snapshot(key, number)?.Time ?? dataset.Created : dataset.Created;
            if (DatasetLanes.EndOf(touched, days) < now)
            {
                resting.Add(dataset.Id);
            }
        }

        return resting;
    }

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

    /// <summary>Rolling data: the lanes of past days are gone with their bytes, and the names in the dataset go after them.</summary>
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

            var same = new EntryCondition { MustBeOneOf = [file.Entry.Hash] };
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

    private async ValueTask<LifecycleRule?> RuleOfAsync(DatasetId dataset, CancellationToken ct) => LifecycleRule.Parse(
        await records.ReadAsync(
            queries => queries.DatasetKey(dataset) is long key ? queries.Setting(key, LifecycleRule.SettingName) : null, ct));
}
