using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Copies of <c>zone.db</c> in a folder next to it: one at least in every hour with a change, and one before each upgrade. Each is one
/// complete database file, checked and synced before it gets its name, readable by its owner only.
/// </summary>
public sealed class ZoneCopies
{
    public const string FolderName = "zone-copies";

    private const string HourlyPrefix = "zone-2";
    private const string UpgradePrefix = "zone-schema-";
    private const string Unfinished = ".unfinished-zone.db";

    private readonly IDisk _disk;
    private readonly ZoneCopyOptions _options;
    private readonly TimeProvider _time;
    private long? _copiedVersion;

    public ZoneCopies(IDisk disk, string dataFolder, ZoneCopyOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(disk);
        _disk = disk;
        _options = options;
        _time = time;
        DataFolder = dataFolder;
        Folder = Path.Combine(dataFolder, FolderName);
    }

    public string Folder { get; }

    public string DataFolder { get; }

    /// <summary>Lists the names of the copies, oldest first, those from before upgrades last.</summary>
    public IReadOnlyList<string> List() => [.. _disk.ListFiles(Folder).Where(IsCopy)];

    /// <summary>Returns true if a data folder has any copy, whole or not.</summary>
    public static bool Any(IDisk disk, string dataFolder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return disk.ListFiles(Path.Combine(dataFolder, FolderName)).Any(IsCopy);
    }

    /// <summary>Returns a sentence for the operator with the one command that restores the accounts.</summary>
    public static string WayBack(IDisk disk, string dataFolder)
    {
        if (NewestWhole(disk, dataFolder) is not { } copy)
        {
            return "There is no whole copy in zone-copies/: restore a backup.";
        }

        string zone = Path.Combine(dataFolder, ZoneDatabase.FileName);
        string aside = disk.FileExists(zone) ? $"mv {Word(zone)} {Word(zone + ".damaged")} && " : "";
        return "Stop the server and bring back the newest whole copy: "
            + $"`{aside}rm -f {Word(zone + "-wal")} {Word(zone + "-shm")} && cp -p {Word(copy)} {Word(zone)}`. "
            + "What was changed since it was made is not in it: rights that were revoked since are valid again.";
    }

    /// <summary>
    /// Makes a copy unless nothing changed since the last one, or the zone has no file. Returns its path after it was checked and synced;
    /// null for none. Throws <see cref="CatalogException"/> when the database or the copy is damaged.
    /// </summary>
    public async ValueTask<string?> CopyAsync(ZoneDatabase zone, CancellationToken ct)
    {
        long version = zone.Version;
        if (!zone.IsEmbedded || _copiedVersion == version)
        {
            return null;
        }

        // A copy is written from the tables, with new indexes: it can be whole where the database is not.
        if (await zone.CheckIntegrityAsync(ct) is [var found, ..])
        {
            throw new CatalogException($"zone.db is damaged and was not copied: {found}");
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

    private static string? NewestWhole(IDisk disk, string dataFolder)
    {
        string folder = Path.Combine(dataFolder, FolderName);
        return disk.ListFiles(folder).Where(IsCopy)
            .OrderByDescending(static name => name.StartsWith(HourlyPrefix, StringComparison.Ordinal))
            .ThenByDescending(static name => name, StringComparer.Ordinal)
            .Select(name => Path.Combine(folder, name))
            .FirstOrDefault(static path => SqliteCopy.Verify(path).Count == 0);
    }

    private static string Word(string path) =>
        path.All(static c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(c, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";

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
