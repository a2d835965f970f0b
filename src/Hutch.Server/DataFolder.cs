using Hutch.Datasets.Upgrades;

namespace Hutch.Server;

/// <summary>The data folder, owned by this process until it is disposed.</summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>A file by which an operator says that data without accounts get new ones; it goes with the start that it allows.</summary>
    private const string NewAccountsName = "new-accounts";

    private readonly IDisk _disk;
    private readonly IDisposable _lock;
    private readonly bool _isServers;
    private bool _mayMakeAccounts;

    private DataFolder(IDisk disk, string path, DataVersion version, bool isServers, IDisposable ownership)
    {
        _disk = disk;
        _isServers = isServers;
        Path = path;
        Version = version;
        _lock = ownership;
    }

    public string Path { get; }

    public DataVersion Version { get; private set; }

    public Incarnation Incarnation => Version.Incarnation!;

    /// <summary>
    /// Makes the folder when it is not there, locks it and checks its kind and format; an older one is upgraded, after a copy.
    /// </summary>
    public static async Task<DataFolder> OpenAsync(IDisk disk, ServeOptions options, CancellationToken ct)
    {
        string path = System.IO.Path.GetFullPath(options.DataFolder);
        bool isServers = options.Site.Engine is not null;
        FolderKind.Require(disk, path, isServers);
        Create(disk, path);
        IDisposable ownership = DataFolderLock.Acquire(disk, path, options.AllowNetworkFileSystem);
        try
        {
            RefuseUnfinished(disk, path, options.IsFilling);
            RefuseWithoutAccounts(disk, path);
            Func<Guid> newId = options.Site.NewId;
            DataVersion version = DataVersion.Read(disk, path) ?? Begin(disk, path, newId);
            version = await new FolderUpgrader(disk, path, options.Time).UpgradeAsync(version, newId, options.Notice, ct);
            DataFolderLock.Sign(disk, path, options.Time);
            return new DataFolder(disk, path, version, isServers, ownership);
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }

    private static void Create(IDisk disk, string path)
    {
        try
        {
            disk.CreateFolder(path);
        }
        catch (Exception e) when (e is not DiskFullException and (IOException or UnauthorizedAccessException))
        {
            string why = disk.FileExists(path) ? "it is a file"
                : e is UnauthorizedAccessException ? "this user may not"
                : "its disk refuses it";
            throw (ErrorCode.BadConfiguration with { Advice = "Choose another with --data or 'server.data'." })
                .With($"The data folder {Display.Quote(path)} cannot be created: {why}.").ToException(e);
        }
    }

    /// <summary>Refuses a folder that is no data folder, before anything is made there.</summary>
    public static void RequireThere(string folder)
    {
        if (!BackupHost.IsDataFolder(folder))
        {
            throw ErrorCode.NotFound.With(
                $"{Display.Quote(folder)} is not a Hutch data folder: it has no file {DataVersion.FileName}.").ToException();
        }
    }

    /// <summary>After a restore, ends the promises of the earlier incarnation, once.</summary>
    public async Task VoidAsync(IDisk disk, Func<CancellationToken, Task> endSessions, CancellationToken ct) =>
        Version = await Version.VoidAsync(disk, Path, endSessions, ct);

    public void WriteAddresses(IDisk disk, TimeProvider time, IReadOnlyList<(string Door, Uri Address)> doors) =>
        DataFolderLock.Sign(disk, Path, time, doors);

    private static void RefuseUnfinished(IDisk disk, string path, bool isFilling)
    {
        if (SiteMove.FindNewPlace(disk, path) is { } location)
        {
            throw new IOException(
                $"The site in '{path}' has moved to {location}: start its server there. What is left here is its state before the move.");
        }

        if (!isFilling && disk.FileExists(System.IO.Path.Combine(path, BackupRestorer.UnfinishedName)))
        {
            throw new IOException(
                $"A restore or a move into '{path}' did not finish. Run the command of a move again; after a restore, delete the folder "
                + "and restore again.");
        }

        if (disk.FileExists(System.IO.Path.Combine(path, FolderUpgrader.BackUnfinishedName)))
        {
            throw new IOException(
                $"A downgrade of the data folder '{path}' did not finish: run `hutch upgrade --back` again.");
        }
    }

    // The first start writes VERSION before all else. A new VERSION next to existing data would give them the format of this program.
    private static DataVersion Begin(IDisk disk, string path, Func<Guid> newId)
    {
        if (!HasContent(disk, System.IO.Path.Combine(path, ZoneServices.FileName)))
        {
            return DataVersion.Begin(disk, path, DataFormat.Current, newId);
        }

        string file = System.IO.Path.Combine(path, DataVersion.FileName);
        throw new IOException(
            $"The data folder '{path}' holds data, but its file {DataVersion.FileName}, which says of which format it is, is missing or "
            + "empty. Restore it from a backup. Without one, if this version of Hutch had the folder open before: "
            + $"`echo '{{\"format\":{DataFormat.Current},\"min_reader\":{DataFormat.Current},"
            + $"\"incarnation\":{{\"id\":\"{newId():N}\"}}}}' > {file}`.");
    }

    /// <summary>Refuses to make the first account in a folder that holds data already, unless the operator wants that.</summary>
    public void BeforeFirstAccount()
    {
        if (_isServers && _disk.FileExists(System.IO.Path.Combine(Path, RecordsFile.Name)))
        {
            throw ErrorCode.BadConfiguration.With(
                $"The data folder {Display.Quote(Path)} is that of a server of a site, and the database has no accounts: it is the wrong "
                + "one, or it lost them. Give the site's own database, or have it restored from its operator's backup. To begin a new "
                + "site, take an empty folder. Nothing was changed.").ToException();
        }

        if (!_mayMakeAccounts)
        {
            RefuseWithoutConsent(_disk, Path, "without an account");
            _disk.Delete(System.IO.Path.Combine(Path, NewAccountsName));
            _mayMakeAccounts = true;
        }
    }

    // A file that was truncated to nothing counts as missing: SQLite would drop the content of the log next to it.
    private static void RefuseWithoutAccounts(IDisk disk, string path)
    {
        string zone = System.IO.Path.Combine(path, ZoneServices.FileName);
        if (!HasContent(disk, zone))
        {
            RefuseWithoutConsent(disk, path, disk.FileExists(zone) ? "empty" : "missing");
        }
    }

    // The first start makes zone.db before the first segment. A new zone.db next to data would hand them to a new administrator, without
    // the
    // accounts, tokens and grants that are in the copies.
    private static void RefuseWithoutConsent(IDisk disk, string path, string state)
    {
        string consent = System.IO.Path.Combine(path, NewAccountsName);
        if (disk.FileExists(consent)
            || (!ZoneServices.HasCopies(disk, path) && disk.ListFiles(System.IO.Path.Combine(path, "segments")).Count == 0))
        {
            return;
        }

        throw new IOException(
            $"The data folder '{path}' holds data, but {ZoneServices.FileName} with the accounts, tokens and grants is {state}. "
            + $"{ZoneServices.WayBackOf(disk, path)} To begin with new accounts instead: `touch {consent}`.");
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
