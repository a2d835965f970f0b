using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Life.Lifecycle;

public sealed class LifecycleOptions
{
    /// <summary>The time for which a deleted dataset can be restored, in days.</summary>
    [Range(1, 3650)]
    public int TrashDays { get; init; } = 30;

    /// <summary>The most datasets of one user or group at this site, with those in the trash.</summary>
    [Range(1, 100_000_000)]
    public int MaxDatasetsPerOwner { get; init; } = 100_000;

    /// <summary>Days after which an incomplete upload in parts is given up; a rule of the dataset may shorten it.</summary>
    [Range(1, 3650)]
    public int UploadDays { get; init; } = 30;

    /// <summary>Days for which every automatic snapshot of an open dataset is kept.</summary>
    [Range(0, 3650)]
    public int KeepAllSnapshotsDays { get; init; } = 7;

    /// <summary>Days for which one automatic snapshot a day is kept.</summary>
    [Range(0, 36500)]
    public int KeepDailySnapshotsDays { get; init; } = 90;

    /// <summary>
    /// The most temporary data that the site keeps, in bytes: beyond it, the oldest data is deleted before its time, whole segments at
    /// once. At least two segments; 0 for no limit.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MaxTemporaryBytes { get; init; }
}
