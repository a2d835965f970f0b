using Hutch.Datasets.Backups;
using Hutch.Datasets.Upgrades;
using Hutch.Disk;
using Hutch.Zone;

namespace Hutch.Api.Hosting;

/// <summary>The data folder, owned by this process until it is disposed.</summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>A file by which an operator says that data without accounts get new ones; it goes with the start that it allows.</summary>
    private const string NewAccountsName = "new-accounts";

    private readonly IDisposable _lock;

    private DataFolder(string path, DataVersion version, IDisposable ownership)
    {
        Path = path;
        Version = version;
        _lock = ownership;
    }

    public string Path { get; }

    /// <summary>What the folder is.</summary>
    public DataVersion Version { get; private set; }

    /// <summary>Which life of the folder this is.</summary>
    public Incarnation Incarnation => Version.Incarnation!;

    /// <summary>Makes the folder when it is not there, locks it and checks its format; an older one is upgraded, after a copy.</summary>
    public static async Task<DataFolder> OpenAsync(
        IDisk disk, string folder, bool allowNetworkFileSystem, Func<Guid> newId,
        TimeProvider time, Action<string>? tell, CancellationToken ct)
    {
        string path = System.IO.Path.GetFullPath(folder);
        disk.CreateFolder(path);
        IDisposable ownership = DataFolderLock.Acquire(disk, path, allowNetworkFileSystem);
        try
        {
            RefuseUnfinished(disk, path);
            RefuseWithoutAccounts(disk, path);
            DataVersion version = DataVersion.Read(disk, path) ?? DataVersion.Begin(disk, path, DataFormat.Current, newId);
            version = await new FolderUpgrader(disk, path, time).UpgradeAsync(version, newId, tell, ct);
            DataFolderLock.Sign(disk, path, time);
            return new DataFolder(path, version, ownership);
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }

    /// <summary>After a restore, ends what was promised in the life before, once.</summary>
    public async Task VoidAsync(IDisk disk, Func<CancellationToken, Task> endSessions, CancellationToken ct) =>
        Version = await Version.VoidAsync(disk, Path, endSessions, ct);

    private static void RefuseUnfinished(IDisk disk, string path)
    {
        if (disk.FileExists(System.IO.Path.Combine(path, BackupRestorer.UnfinishedName)))
        {
            throw new IOException($"A restore into '{path}' did not finish. Delete the folder and restore again.");
        }

        if (disk.FileExists(System.IO.Path.Combine(path, FolderUpgrader.BackUnfinishedName)))
        {
            throw new IOException(
                $"A downgrade of the data folder '{path}' did not finish: run `hutch upgrade --back` again.");
        }
    }

    // The first start makes zone.db before the first segment. To make it beside data would hand them to a new administrator, without the
    // accounts, tokens and grants that are in the copies. A file that was cut to nothing is as good as none.
    private static void RefuseWithoutAccounts(IDisk disk, string path)
    {
        string zone = System.IO.Path.Combine(path, ZoneServices.FileName);
        string consent = System.IO.Path.Combine(path, NewAccountsName);
        if (HasContent(disk, zone) || HasContent(disk, zone + "-wal")
            || (!ZoneServices.HasCopies(disk, path) && disk.ListFiles(System.IO.Path.Combine(path, "segments")).Count == 0))
        {
            return;
        }

        if (disk.FileExists(consent))
        {
            disk.Delete(consent);
            return;
        }

        throw new IOException(
            $"The data folder '{path}' holds data, but {ZoneServices.FileName} with the accounts, tokens and grants is "
            + $"{(disk.FileExists(zone) ? "empty" : "missing")}. {ZoneServices.WayBackOf(disk, path)} "
            + $"To begin with new accounts instead: `touch {consent}`.");
    }

    private static bool HasContent(IDisk disk, string path)
    {
        if (!disk.FileExists(path))
        {
            return false;
        }

        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        return file.Length > 0;
    }

    public void Dispose() => _lock.Dispose();
}
