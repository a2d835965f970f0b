namespace Hutch.Server;

/// <summary>Backups without a server: of a data folder that no server has open, their verification, and restoring them.</summary>
public static class BackupHost
{
    public static bool IsDataFolder(string folder) => LocalDisk.Instance.FileExists(Path.Combine(folder, DataVersion.FileName));

    /// <summary>Backs a data folder up. A <see cref="DiskLockedException"/> when a server has it open: ask that server.</summary>
    public static async Task<Result<BackupSummary>> CreateAsync(
        ServeOptions options, BackupRequest wanted, Action<double> progress, CancellationToken ct)
    {
        return await UseWriterAsync(options, writer => writer.CreateAsync(wanted, progress, ct), ct);
    }

    /// <summary>Opens a site as a server does, for backups. A <see cref="DiskLockedException"/> when a server has it open.</summary>
    internal static Task<T> UseWriterAsync<T>(ServeOptions options, Func<BackupWriter, Task<T>> use, CancellationToken ct) => UseAsync(
        options,
        (folder, zone, site) => use(new BackupWriter(
            new BackupSource(LocalDisk.Instance, folder.Path, site, zone, folder.Incarnation.Id, options.Time))),
        ct);

    /// <summary>Verifies a backup: the folder's newest if no name is given.</summary>
    public static async Task<Result<(BackupManifest Manifest, IReadOnlyList<string> Damage)>> VerifyAsync(
        string folder, string? name, Action<double> progress, CancellationToken ct)
    {
        var backups = new BackupFolder(LocalDisk.Instance, folder);
        Result<BackupManifest> manifest = backups.Manifest(name);
        return manifest.IsOk
            ? (manifest.Value, await new BackupVerifier(LocalDisk.Instance).FindDamageAsync(backups, manifest.Value, progress, ct))
            : manifest.Error;
    }

    /// <summary>Makes a data folder of a backup: of the folder's newest when no name is given.</summary>
    public static async Task<Result<(BackupManifest Manifest, Incarnation Incarnation)>> RestoreAsync(
        string folder, string? name, string data, TimeProvider time, Action<double> progress, CancellationToken ct)
    {
        var backups = new BackupFolder(LocalDisk.Instance, folder);
        Result<BackupManifest> manifest = backups.Manifest(name);
        if (!manifest.IsOk)
        {
            return manifest.Error;
        }

        Result<Incarnation> restored = await new BackupRestorer(LocalDisk.Instance, Guid.NewGuid, time)
            .RestoreAsync(backups, manifest.Value, data, DataFormat.Current, progress, ct);
        return restored.IsOk ? (manifest.Value, restored.Value) : restored.Error;
    }

    /// <summary>
    /// Restores a backup into an empty database and bucket: of the folder's newest when no name is given. The options are those of the
    /// first server there.
    /// </summary>
    public static async Task<Result<(BackupManifest Manifest, Incarnation Incarnation)>> RestoreAsync(
        string folder, string? name, ISharedLocation location, ServeOptions options, Action<double> progress, CancellationToken ct)
    {
        var backups = new BackupFolder(LocalDisk.Instance, folder);
        Result<BackupManifest> manifest = backups.Manifest(name);
        if (!manifest.IsOk)
        {
            return manifest.Error;
        }

        await using var fill = new SharedFill(location, options, $"a backup of {manifest.Value.Incarnation}");
        Result<long> filled = await fill.RunAsync(backups, manifest.Value, progress, ct);
        if (!filled.IsOk)
        {
            return filled.Error;
        }

        var incarnation = new Incarnation(
            Guid.NewGuid().ToString("N"), options.Time.GetUtcNow(), manifest.Value.Incarnation, MustVoid: true);
        await fill.EndAsync(manifest.Value, incarnation, ct);
        return (manifest.Value, incarnation);
    }

    /// <summary>
    /// Restores a backup into a new folder, opens it as a server does, and reads every dataset. No address is opened and no other site is
    /// contacted. The caller deletes the folder.
    /// </summary>
    public static async Task<Result<(BackupManifest Manifest, StoredBytesReport Report)>> RehearseAsync(
        string folder, string? name, string data, TimeProvider time, CancellationToken ct)
    {
        Result<(BackupManifest Manifest, Incarnation Incarnation)> restored =
            await RestoreAsync(folder, name, data, time, static _ => { }, ct);
        return restored.IsOk
            ? (restored.Value.Manifest, await ReadAllAsync(new ServeOptions { DataFolder = data, Time = time }, ct))
            : restored.Error;
    }

    internal static Task<StoredBytesReport> ReadAllAsync(ServeOptions options, CancellationToken ct) => UseAsync(
        options,
        (_, _, site) => new StoredBytesCheck(site.Records, site.Heads.Tree, site.Verifier).RunAsync(ct),
        ct);

    /// <summary>Opens a data folder as a server does, but without loops and doors, and closes it afterwards.</summary>
    private static async Task<T> UseAsync<T>(
        ServeOptions options, Func<DataFolder, ZoneServices, SiteServices, Task<T>> use, CancellationToken ct)
    {
        LocalDisk disk = LocalDisk.Instance;
        using DataFolder folder = await DataFolder.OpenAsync(disk, options, ct);
        using ILoggerFactory loggers = Loggers.Create(options);
        await (options.Site.Engine?.CheckAsync(disk, folder.Path, ct) ?? Task.CompletedTask);
        await using ZoneServices zone = await ZoneServices.OpenAsync(
            disk, folder.Path, options.Zone, options.Time, loggers, folder.BeforeFirstAccount, ct);
        await using SiteServices site = await SiteServices.OpenAsync(disk, folder.Path, options.Site, options.Time, loggers, ct);
        return await use(folder, zone, site);
    }
}
