using System.Globalization;
using Hutch.Catalog.Sqlite;
using Hutch.Disk;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Copies of <c>zone.db</c> in a folder beside it: one at least every hour in which something changed, and one before each upgrade.
/// Each is one complete database file, checked and synced before it gets its name, readable by its owner only.
/// </summary>
/// <remarks>
/// The way back: stop the server, remove <c>zone.db-wal</c> and <c>zone.db-shm</c>, put the copy in the place of <c>zone.db</c>, start.
/// </remarks>
public sealed class ZoneCopies
{
    /// <summary>The folder of the copies in the data folder.</summary>
    public const string FolderName = "zone-copies";

    private const string HourlyPrefix = "zone-2";
    private const string UpgradePrefix = "zone-schema-";
    private const string Unfinished = ".unfinished-zone.db";

    private readonly IDisk _disk;
    private readonly ZoneCopyOptions _options;
    private readonly TimeProvider _time;
    private long? _copiedVersion;

    /// <summary>Keeps copies for the zone in a data folder.</summary>
    public ZoneCopies(IDisk disk, string dataFolder, ZoneCopyOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(disk);
        _disk = disk;
        _options = options;
        _time = time;
        DataFolder = dataFolder;
        Folder = Path.Combine(dataFolder, FolderName);
    }

    /// <summary>Where the copies are.</summary>
    public string Folder { get; }

    public string DataFolder { get; }

    /// <summary>The names of the copies, oldest first, those from before upgrades last.</summary>
    public IReadOnlyList<string> List() => [.. _disk.ListFiles(Folder).Where(IsCopy)];

    /// <summary>The path of the newest copy in a data folder; null for none.</summary>
    public static string? Newest(IDisk disk, string dataFolder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        string folder = Path.Combine(dataFolder, FolderName);
        string[] copies = [.. disk.ListFiles(folder).Where(IsCopy)];
        string? newest = copies.LastOrDefault(name => name.StartsWith(HourlyPrefix, StringComparison.Ordinal)) ?? copies.LastOrDefault();
        return newest is null ? null : Path.Combine(folder, newest);
    }

    /// <summary>
    /// Makes a copy unless nothing changed since the last one. Returns its path after it was checked and synced; null for none.
    /// Throws <see cref="CatalogException"/> when the copy is damaged: then the database is, or the disk.
    /// </summary>
    public async ValueTask<string?> CopyAsync(ZoneDatabase zone, CancellationToken ct)
    {
        long version = zone.Version;
        if (_copiedVersion == version)
        {
            return null;
        }

        string path = Path.Combine(Folder, $"zone-{Stamp()}.db");
        await zone.Database.ReadAsync(
            session =>
            {
                Write(session, path);
                return path;
            },
            ct);
        _copiedVersion = version;
        Prune(HourlyPrefix, _options.MaxCopies);
        return path;
    }

    /// <summary>Copies the database as it is before a migration from a schema.</summary>
    internal void BeforeMigration(SqliteSession session, int fromSchema)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{UpgradePrefix}{fromSchema:D3}-{Stamp()}.db");
        Write(session, Path.Combine(Folder, name));
        Prune(UpgradePrefix, _options.MaxUpgradeCopies);
    }

    private void Write(SqliteSession session, string path)
    {
        _disk.CreateFolder(Folder);
        _disk.SyncFolder(DataFolder);
        string unfinished = Path.Combine(Folder, Unfinished);
        _disk.Delete(unfinished);

        // Created here and filled by SQLite, so that it is never readable by others.
        _disk.Open(unfinished, DiskAccess.CreateNew).Dispose();
        SqliteCopy.Write(session, unfinished);
        using (IDiskFile file = _disk.Open(unfinished, DiskAccess.ReadWrite))
        {
            file.Sync();
        }

        _disk.Rename(unfinished, path);
        _disk.SyncFolder(Folder);
    }

    private void Prune(string prefix, int keep)
    {
        string[] names = [.. _disk.ListFiles(Folder).Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && IsCopy(name))];
        foreach (string name in names.SkipLast(keep))
        {
            _disk.Delete(Path.Combine(Folder, name));
        }
    }

    private static bool IsCopy(string name) =>
        name.StartsWith("zone-", StringComparison.Ordinal) && name.EndsWith(".db", StringComparison.Ordinal);

    private string Stamp() => _time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
