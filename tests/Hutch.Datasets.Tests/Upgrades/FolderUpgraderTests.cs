using Hutch.Catalog.Sqlite;
using Hutch.Datasets.Tests.Backups;
using Hutch.Datasets.Upgrades;
using Hutch.Disk;
using Microsoft.Data.Sqlite;

namespace Hutch.Datasets.Tests.Upgrades;

/// <summary>From format 1 to the newest and back, stopped at every change of the disk: the folder is always whole, of one format or the other.</summary>
public sealed class FolderUpgraderTests : IDisposable
{
    private const string Life = "0123456789abcdef0123456789abcdef";
    private const int Current = 3;

    private static readonly string[] SmallFiles = ["VERSION", "INCARNATION", "cursors.json", "s3.key", "keys/tls.key"];

    private readonly string _root = Directory.CreateTempSubdirectory("hutch-upgrade-").FullName;
    private int _folders;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public FolderUpgraderTests() => SqliteLibrary.EnsureLoaded();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_folder_is_upgraded_after_a_copy_that_can_be_read()
    {
        string folder = MakeFormat1();
        string[] told = [];

        DataVersion version = await UpgradeAsync(LocalDisk.Instance, folder, text => told = [.. told, text]);

        Assert.Equal((Current, Life), (version.Format, version.Incarnation!.Id));
        Assert.Equal(version, DataVersion.Read(LocalDisk.Instance, folder));
        Assert.False(File.Exists(Path.Combine(folder, "INCARNATION")) || File.Exists(Path.Combine(folder, "LOCK")) || File.Exists(Path.Combine(folder, "cursors.json")));
        Assert.Equal(Current - 1, told.Length);
        Assert.All(told, text => Assert.Contains("hutch upgrade --back", text, StringComparison.Ordinal));
        string copy = Assert.Single(Directory.GetDirectories(folder, "upgrade-1-2-*"));
        Assert.All(SmallFiles, name => Assert.True(File.Exists(Path.Combine(copy, name)), name));
        Assert.Equal("in the log", Read(Path.Combine(copy, "zone.db")));
        Assert.Equal(version, await UpgradeAsync(LocalDisk.Instance, folder));
        Assert.Equal(Current - 1, Directory.GetDirectories(folder, "upgrade-*").Length);
    }

    [Fact]
    public async Task The_way_back_goes_one_format_at_a_time()
    {
        string folder = await MakeUpgradedAsync();

        Assert.Equal(3, (await BackAsync(LocalDisk.Instance, folder)).To);
        Assert.Equal(2, DataVersion.Read(LocalDisk.Instance, folder)!.Format);
        Assert.Equal(2, (await BackAsync(LocalDisk.Instance, folder)).To);
        Assert.Equal(1, DataVersion.Read(LocalDisk.Instance, folder)!.Format);
        IOException refusal = await Assert.ThrowsAsync<IOException>(() => BackAsync(LocalDisk.Instance, folder));
        Assert.Contains("has no copy from an upgrade to format 1", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Current, (await UpgradeAsync(LocalDisk.Instance, folder)).Format);
    }

    [Trait("Quick", "no")]
    [Fact]
    public async Task An_upgrade_killed_at_any_change_leaves_one_of_the_two_formats_and_can_be_resumed()
    {
        long changes = await CountAsync(MakeFormat1(), (disk, folder) => UpgradeAsync(disk, folder));
        Assert.InRange(changes, 20, 200);
        for (long stop = 1; stop <= changes; stop++)
        {
            string folder = MakeFormat1();
            await Assert.ThrowsAsync<IOException>(() => UpgradeAsync(new StoppingDisk(stop), folder));

            DataVersion left = DataVersion.Read(LocalDisk.Instance, folder)!;
            if (left.Format == 1)
            {
                Assert.All(SmallFiles, name => Assert.Equal(Content(name), File.ReadAllText(Path.Combine(folder, name))));
            }

            DataVersion version = await UpgradeAsync(LocalDisk.Instance, folder);
            Assert.Equal((Current, Life), (version.Format, version.Incarnation!.Id));
            Assert.Equal("in the log", Read(Path.Combine(folder, "zone.db")));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Trait("Quick", "no")]
    [Fact]
    public async Task Killed_at_any_change_the_way_back_keeps_every_program_out_until_it_is_finished()
    {
        long changes = await CountAsync(await MakeUpgradedAsync(), (disk, folder) => BackAsync(disk, folder));
        Assert.InRange(changes, 20, 200);
        for (long stop = 1; stop <= changes; stop++)
        {
            string folder = await MakeUpgradedAsync();
            await Assert.ThrowsAsync<IOException>(() => BackAsync(new StoppingDisk(stop), folder));

            // Only a folder that is as it was before is without the mark.
            if (!File.Exists(Path.Combine(folder, FolderUpgrader.BackUnfinishedName)))
            {
                Assert.True(DataVersion.Read(LocalDisk.Instance, folder)!.Format == Current - 1 || Read(Path.Combine(folder, "zone.db")) == "after the upgrade");
            }

            if (DataVersion.Read(LocalDisk.Instance, folder)!.Format == Current || File.Exists(Path.Combine(folder, FolderUpgrader.BackUnfinishedName)))
            {
                await BackAsync(LocalDisk.Instance, folder);
            }

            Assert.Equal(Current - 1, DataVersion.Read(LocalDisk.Instance, folder)!.Format);
            Assert.All(SmallFiles.Skip(1), name => Assert.Equal(Content(name), File.ReadAllText(Path.Combine(folder, name))));
            Assert.Equal("in the log", Read(Path.Combine(folder, "zone.db")));
            Assert.Equal("after the upgrade", Read(Path.Combine(folder, "zone.db.before-back")));
            Assert.False(File.Exists(Path.Combine(folder, FolderUpgrader.BackUnfinishedName)));
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_full_disk_while_the_copy_is_made_leaves_the_folder_as_it_was()
    {
        string folder = MakeFormat1();
        var disk = new LimitedDisk(folder) { LeftBytes = 100 };

        await Assert.ThrowsAsync<DiskFullException>(() => UpgradeAsync(disk, folder));

        Assert.All(SmallFiles, name => Assert.Equal(Content(name), File.ReadAllText(Path.Combine(folder, name))));
    }

    [Fact]
    public async Task A_folder_that_an_old_program_has_open_is_not_upgraded()
    {
        string folder = MakeFormat1();
        using IDisposable held = LocalDisk.Instance.Lock(Path.Combine(folder, "LOCK"));

        await Assert.ThrowsAsync<DiskLockedException>(() => UpgradeAsync(LocalDisk.Instance, folder));

        Assert.Equal(1, DataVersion.Read(LocalDisk.Instance, folder)!.Format);
        Assert.Empty(Directory.GetDirectories(folder, "upgrade-*"));
    }

    [Fact]
    public async Task A_newer_folder_is_refused_with_words_and_unchanged()
    {
        string folder = MakeFormat1();
        File.WriteAllText(Path.Combine(folder, "VERSION"), "{\"format\":9,\"min_reader\":9}\n");

        IOException refusal = await Assert.ThrowsAsync<IOException>(() => UpgradeAsync(LocalDisk.Instance, folder));

        Assert.Contains("needs a version that reads format 9", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "INCARNATION")));
    }

    [Fact]
    public async Task A_damaged_copy_is_no_way_back()
    {
        string folder = await MakeUpgradedAsync();
        File.AppendAllText(Path.Combine(Directory.GetDirectories(folder, "upgrade-2-3-*")[0], "s3.key"), "x");

        IOException refusal = await Assert.ThrowsAsync<IOException>(() => BackAsync(LocalDisk.Instance, folder));

        Assert.Contains("is damaged (s3.key)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("after the upgrade", Read(Path.Combine(folder, "zone.db")));
    }

    private static Task<DataVersion> UpgradeAsync(IDisk disk, string folder, Action<string>? tell = null) =>
        new FolderUpgrader(disk, folder, TimeProvider.System).UpgradeAsync(DataVersion.Read(LocalDisk.Instance, folder)!, Guid.NewGuid, tell, Ct);

    private static Task<UpgradeCopy> BackAsync(IDisk disk, string folder) => new FolderUpgrader(disk, folder, TimeProvider.System)
        .GoBackAsync([.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path))], Ct);

    private static async Task<long> CountAsync(string folder, Func<IDisk, string, Task> work)
    {
        var disk = new StoppingDisk(long.MaxValue);
        await work(disk, folder);
        return disk.Changes;
    }

    private async Task<string> MakeUpgradedAsync()
    {
        string folder = MakeFormat1();
        await UpgradeAsync(LocalDisk.Instance, folder);
        Change(Path.Combine(folder, "zone.db"), "UPDATE facts SET text = 'after the upgrade'", close: true);
        return folder;
    }

    private string MakeFormat1()
    {
        string folder = Path.Combine(_root, $"{_folders++}");
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        foreach (string name in SmallFiles)
        {
            File.WriteAllText(Path.Combine(folder, name), Content(name));
        }

        Change(Path.Combine(folder, "zone.db"), "CREATE TABLE facts(text TEXT); INSERT INTO facts VALUES ('in the file')", close: true);
        Change(Path.Combine(folder, "zone.db"), "UPDATE facts SET text = 'in the log'", close: false);
        Change(Path.Combine(folder, "site.db"), "CREATE TABLE facts(text TEXT)", close: true);
        return folder;
    }

    private static string Content(string name) => name switch
    {
        "VERSION" => "{\"format\":1,\"min_reader\":1}\n",
        "INCARNATION" => $$"""{"id":"{{Life}}"}""" + "\n",
        _ => $"content of {name}",
    };

    /// <summary>Changes a database; one that is not closed leaves the change in its log, as a killed process would.</summary>
    private static void Change(string path, string sql, bool close)
    {
        string work = close ? path : path + ".live";
        if (!close)
        {
            File.Copy(path, work);
        }

        using (var connection = new SqliteConnection($"Data Source={work};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; " + sql;
            command.ExecuteNonQuery();
            if (!close)
            {
                File.Copy(work, path, overwrite: true);
                File.Copy(work + "-wal", path + "-wal");
            }
        }

        if (!close)
        {
            File.Delete(work);
        }
    }

    private static string Read(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT text FROM facts";
        return (string)command.ExecuteScalar()!;
    }
}
