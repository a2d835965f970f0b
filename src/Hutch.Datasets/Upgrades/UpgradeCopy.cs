using System.Text.Json.Serialization;
using Hutch.Catalog.Sqlite;
using Hutch.Datasets.Backups;

namespace Hutch.Datasets.Upgrades;

/// <summary>
/// The state of a data folder before an upgrade, without the segments, which an upgrade never changes: the folder
/// <c>upgrade-FROM-TO-TIME</c> in it. Its list of files is written last; without it, the copy does not count.
/// </summary>
/// <param name="From">The format before.</param>
/// <param name="To">The format after.</param>
public sealed partial record UpgradeCopy(int From, int To, DateTimeOffset Time, IReadOnlyList<CopiedFile> Files)
{
    public const string ListName = "upgrade.json";

    private const string Prefix = "upgrade-";
    private const int MaxListBytes = 1 << 20;

    /// <summary>Databases, copied as databases. The search index is rebuilt.</summary>
    private static readonly string[] Databases = ["zone.db", "site.db"];

    /// <summary>
    /// Returns true for a small file of a folder's state. Databases and their side files, locks and unfinished files are none.
    /// </summary>
    private static bool IsSmallFile(string name) =>
        !name.Contains(".db", StringComparison.Ordinal)
            && name != "LOCK"
            && !name.StartsWith('.')
            && !name.EndsWith("UNFINISHED", StringComparison.Ordinal);

    [JsonIgnore]
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{From}-{To}-{Time.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");

    /// <summary>Copies a folder and reads the copy again: durable on return.</summary>
    internal static async Task<UpgradeCopy> MakeAsync(
        IDisk disk, string folder, int from, int to, DateTimeOffset time, CancellationToken ct)
    {
        var copy = new UpgradeCopy(from, to, time, []);
        string target = Path.Combine(folder, copy.Name);
        disk.CreateFolder(target);
        disk.SyncFolder(folder);
        var copies = new FileCopies(disk);
        var files = new List<CopiedFile>();
        await CopySmallFilesAsync("");
        if (disk.ListFiles(Path.Combine(folder, BackupWriter.KeyFolder)).Count > 0)
        {
            disk.CreateFolder(Path.Combine(target, BackupWriter.KeyFolder));
            await CopySmallFilesAsync(BackupWriter.KeyFolder);
        }

        foreach (string name in Databases.Where(name => disk.FileExists(Path.Combine(folder, name))))
        {
            string path = Path.Combine(target, name);
            disk.Delete(path);
            SqliteCopy.WriteClosed(disk, Path.Combine(folder, name), path);
            long bytes = Length(disk, path);
            files.Add(new CopiedFile(name, bytes, await copies.HashAsync(path, bytes, ct)));
        }

        copy = copy with { Files = files };
        AtomicFile.Replace(
            disk, Path.Combine(target, ListName), JsonSerializer.SerializeToUtf8Bytes(copy, UpgradeCopyJson.Default.UpgradeCopy));
        return copy;

        async Task CopySmallFilesAsync(string part)
        {
            foreach (string name in disk.ListFiles(Path.Combine(folder, part)).Where(IsSmallFile))
            {
                string path = Path.Combine(part, name);
                long bytes = Length(disk, Path.Combine(folder, path));
                disk.Delete(Path.Combine(target, path));
                files.Add(new CopiedFile(
                    path, bytes, await copies.CopyAsync(Path.Combine(folder, path), bytes, Path.Combine(target, path), null, ct)));
            }

            disk.SyncFolder(Path.Combine(target, part));
        }
    }

    /// <summary>The newest complete copy of a folder, of an upgrade to a format where one is given; null when there is none.</summary>
    internal static UpgradeCopy? FindNewest(IDisk disk, string folder, IEnumerable<string> names, int? to) =>
        names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Read(disk, folder, name))
            .OfType<UpgradeCopy>()
            .Where(copy => to is null || copy.To == to)
            .MaxBy(copy => (copy.Time, copy.To));

    /// <summary>Lists the files that have changed since they were copied; empty for none.</summary>
    internal async Task<IReadOnlyList<string>> FindDamageAsync(IDisk disk, string folder, CancellationToken ct)
    {
        var copies = new FileCopies(disk);
        var damage = new List<string>();
        foreach (CopiedFile file in Files)
        {
            string path = Path.Combine(folder, Name, file.Path);
            if (!disk.FileExists(path) || Length(disk, path) != file.Bytes || await copies.HashAsync(path, file.Bytes, ct) != file.Sha256)
            {
                damage.Add(file.Path);
            }
        }

        return damage;
    }

    internal static bool IsDatabase(CopiedFile file) => Databases.Contains(file.Path);

    private static UpgradeCopy? Read(IDisk disk, string folder, string name)
    {
        string path = Path.Combine(folder, name, ListName);
        return disk.FileExists(path)
            ? JsonSerializer.Deserialize(disk.ReadAllBytes(path, MaxListBytes), UpgradeCopyJson.Default.UpgradeCopy)
            : null;
    }

    private static long Length(IDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        return file.Length;
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
    [JsonSerializable(typeof(UpgradeCopy))]
    private sealed partial class UpgradeCopyJson : JsonSerializerContext;
}

/// <param name="Sha256">Its hash, 64 hexadecimal digits.</param>
public sealed record CopiedFile(string Path, long Bytes, string Sha256);
