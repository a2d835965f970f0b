using Hutch.Site.Engines.Segments;

namespace Hutch.Server;

/// <summary>Makes <c>site.db</c> anew from the segments, for a data folder that no server has open.</summary>
public static class SiteRebuild
{
    /// <summary>The suffix of the previous database, which is kept until the next rebuild or purge.</summary>
    public const string OldSuffix = RecordsFile.BeforeRebuildSuffix;

    /// <summary>
    /// Sets the database aside and fills a new one. Interrupted, it can be started again; so can the server, which then finishes it.
    /// </summary>
    /// <returns>Journal records that the new database accounts for.</returns>
    public static async Task<long> RunAsync(ServeOptions options, CancellationToken ct)
    {
        DataFolder.RequireThere(options.DataFolder);
        using DataFolder folder = await DataFolder.OpenAsync(LocalDisk.Instance, options, ct);
        new RecordsFile(folder.Path).SetAside(OldSuffix);
        using ILoggerFactory loggers = Loggers.Create(options);
        await using SiteServices site = await SiteServices.OpenAsync(
            LocalDisk.Instance, folder.Path, options.Site, options.Time, loggers, ct);
        return site.AppliedSequence;
    }

    /// <summary>
    /// Makes a data folder anew from the bucket that keeps its segments: a new incarnation. The folder must be new or empty. After an
    /// interruption it must be emptied first.
    /// </summary>
    public static async Task<Result<(RebuiltFolder Folder, long Records)>> FromBucketAsync(ServeOptions options, CancellationToken ct)
    {
        LocalDisk disk = LocalDisk.Instance;
        string path = Path.GetFullPath(options.DataFolder);
        if (options.Site.Bucket is not { } bucket)
        {
            return ErrorCode.BadConfiguration.With("The configuration names no bucket: set 'storage.bucket.address'.");
        }

        if (disk.ListFiles(path).Count > 0)
        {
            return ErrorCode.Conflict.With($"{Display.Quote(path)} is not empty. Rebuild into a new or empty folder. Nothing was changed.");
        }

        disk.CreateFolder(path);
        string unfinished = Path.Combine(path, BackupRestorer.UnfinishedName);
        AtomicFile.Replace(disk, unfinished, "A rebuild from a bucket did not finish: empty this folder and run the command again.\n"u8);
        Result<RebuiltFolder> rebuilt = await bucket.RebuildAsync(disk, path, options.Time, ct);
        if (!rebuilt.IsOk)
        {
            return rebuilt.Error;
        }

        var incarnation = new Incarnation(
            options.Site.NewId().ToString("N"), options.Time.GetUtcNow(), rebuilt.Value.Incarnation, MustVoid: true);
        new DataVersion(rebuilt.Value.DataFormat, rebuilt.Value.DataFormat, incarnation).Write(disk, path);
        disk.Delete(unfinished);
        disk.SyncFolder(path);
        return (rebuilt.Value, await RunAsync(options, ct));
    }
}
