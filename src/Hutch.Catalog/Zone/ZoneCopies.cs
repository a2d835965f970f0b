using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Copies of <c>zone.db</c> in a folder next to it: one at least in every hour with a change, one before each upgrade, and one of the last
/// change that must outlive the machine. Each is one complete database file, synced before it gets its name, readable by its owner only.
/// </summary>
public sealed class ZoneCopies
{
    public const string FolderName = "zone-copies";

    private const string HourlyPrefix = "zone-2";
    private const string UpgradePrefix = "zone-schema-";
    private const string KeptSuffix = "-kept.db";
    private const string StampFormat = "yyyyMMdd'T'HHmmssfff'Z'";
    private const string Unfinished = ".unfinished-zone.db";

    private readonly IDisk _disk;
    private readonly ZoneCopyOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long? _copiedVersion;

    public ZoneCopies(IDisk disk, string dataFolder, ZoneCopyOptions options, TimeProvider time)
    {
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

        string path = await WriteAsync(zone, ".db", ct);
        _copiedVersion = version;
        Prune(HourlyPrefix, _options.MaxCopies);
        return path;
    }

    /// <summary>Makes a copy besides the hourly ones, as the newest of all, and removes the previous one of this kind.</summary>
    internal async ValueTask KeepAsync(ZoneDatabase zone, CancellationToken ct)
    {
        string path = await WriteAsync(zone, KeptSuffix, ct);
        foreach (string name in _disk.ListFiles(Folder).Where(name => IsKept(name) && name != Path.GetFileName(path)))
        {
            _disk.Delete(Path.Combine(Folder, name));
        }
    }

    internal void BeforeMigration(SqliteSession session, int fromSchema)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{UpgradePrefix}{fromSchema:D3}-{Stamp()}.db");
        Write(session, Path.Combine(Folder, name));
        Prune(UpgradePrefix, _options.MaxUpgradeCopies);
    }

    private ValueTask<string> WriteAsync(ZoneDatabase zone, string suffix, CancellationToken ct) => zone.Database.ReadAsync(
        session =>
        {
            lock (_gate)
            {
                string path = Path.Combine(Folder, $"zone-{Stamp()}{suffix}");
                Write(session, path);
                return path;
            }
        },
        ct);

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
        string[] names =
        [
            .. _disk.ListFiles(Folder).Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && IsCopy(name) && !IsKept(name)),
        ];
        foreach (string name in names.SkipLast(keep))
        {
            _disk.Delete(Path.Combine(Folder, name));
        }
    }

    private static bool IsCopy(string name) =>
        name.StartsWith("zone-", StringComparison.Ordinal) && name.EndsWith(".db", StringComparison.Ordinal);

    private static bool IsKept(string name) =>
        name.StartsWith(HourlyPrefix, StringComparison.Ordinal) && name.EndsWith(KeptSuffix, StringComparison.Ordinal);

    /// <summary>The time of a new copy, later than that of every other one: names show the newest, also after a clock went back.</summary>
    private string Stamp()
    {
        DateTime now = _time.GetUtcNow().UtcDateTime;
        DateTime newest = _disk.ListFiles(Folder).Select(TimeOf).DefaultIfEmpty().Max();
        return (newest < now ? now : newest.AddMilliseconds(1)).ToString(StampFormat, CultureInfo.InvariantCulture);
    }

    private static DateTime TimeOf(string name) =>
        IsCopy(name) && name.IndexOf('Z', StringComparison.Ordinal) is > 0 and var end && DateTime.TryParseExact(
            name["zone-".Length..(end + 1)], [StampFormat, "yyyyMMdd'T'HHmmss'Z'"], CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime at)
            ? at
            : default;
}
