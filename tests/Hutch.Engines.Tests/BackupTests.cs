using System.Security.Cryptography;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Datasets.Backups;
using Hutch.Disk;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Server;
using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Engines.Tests;

/// <summary>Backups of a site that two servers run over PostgreSQL and a bucket.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    private readonly string _work = Directory.CreateTempSubdirectory("hutch-backup-").FullName;
    private SiteServer _one = null!;
    private SiteServer _two = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Backups => Path.Combine(_work, "backups");

    private BackupFolder Folder => new(LocalDisk.Instance, Backups);

    public async ValueTask InitializeAsync()
    {
        _one = await SiteServer.StartAsync();
        _two = await _one.StartOtherAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
        Directory.Delete(_work, recursive: true);
    }

    [Fact]
    public async Task What_any_server_acknowledged_is_in_a_backup_and_comes_back_into_a_data_folder_and_into_another_database_and_bucket()
    {
        using HutchClient atTwo = _two.With(_one.AdminToken);
        DatasetInfo scan = await _one.Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        byte[][] contents = [.. new[] { 0, 5_000, 200_000, (9 << 20) + 7 }.Select(RandomNumberGenerator.GetBytes)];
        for (int i = 0; i < contents.Length; i++)
        {
            await atTwo.PutEntryAsync(scan.Id, $"file {i}", contents[i], ct: Ct);
        }

        SnapshotInfo version = await atTwo.CreateSnapshotAsync(scan.Id, new CreateSnapshot(), Ct);
        CreatedUser ada = await atTwo.CreateUserAsync(new CreateUser { Name = "ada" }, Ct);
        byte[] s3Key = (await _one.Zone.ReadSharedKeysAsync(Ct)).Single(static key => key.Name == "s3.key").Content;
        DatasetInfo before = await atTwo.GetDatasetAsync(scan.Id, Ct);

        BackupSummary summary = (await BackUpAsync()).Value;
        IReadOnlyList<string> damage = await new BackupVerifier(LocalDisk.Instance).FindDamageAsync(
            Folder, Folder.Manifest(null).Value, static _ => { }, Ct);
        Assert.Empty(summary.Damage);
        Assert.Empty(damage);

        string data = Path.Combine(_work, "restored");
        _ = (await BackupHost.RestoreAsync(Backups, null, data, TimeProvider.System, static _ => { }, Ct)).Value;
        var options = new ServeOptions { DataFolder = data, HttpAddress = "127.0.0.1:0" };
        await using (HutchServer restored = await HutchServer.StartAsync(options, Ct))
        {
            using var admin = new HutchClient(restored.Address, _one.AdminToken);
            using var asAda = new HutchClient(restored.Address, ada.Token!);
            Assert.Equal(before with { Parents = [] }, await admin.GetDatasetAsync(scan.Id, Ct) with { Parents = [] });
            Assert.Equal(version with { Tags = [] }, await admin.GetSnapshotAsync(scan.Id, "@1", Ct) with { Tags = [] });
            Assert.Equal("ada", (await asAda.GetCallerAsync(Ct)).User);
            Assert.Equal(s3Key, await File.ReadAllBytesAsync(Path.Combine(data, "s3.key"), Ct));
            await AssertWholeAsync(restored, admin, scan.Id, contents);
        }

        (ISharedLocation place, ServeOptions sharing) = await SharedEngines.MakePlaceAsync(
            new ServeOptions { DataFolder = Path.Combine(_work, "server"), HttpAddress = "127.0.0.1:0" });
        (BackupManifest manifest, _) = (await BackupHost.RestoreAsync(Backups, null, place, sharing, static _ => { }, Ct)).Value;
        Result<(BackupManifest, Incarnation)> again = await BackupHost.RestoreAsync(Backups, null, place, sharing, static _ => { }, Ct);
        await using HutchServer moved = await HutchServer.StartAsync(sharing, Ct);
        using var atPlace = new HutchClient(moved.Address, _one.AdminToken);

        Assert.Empty(manifest.Gaps);
        Assert.Equal(ErrorCode.Conflict, again.Error?.Code);
        Assert.Equal(s3Key, (await moved.Zone.ReadSharedKeysAsync(Ct)).Single(static key => key.Name == "s3.key").Content);
        await AssertWholeAsync(moved, atPlace, scan.Id, contents);
        Assert.True((await atPlace.CreateDatasetAsync(new CreateDataset { Name = "new" }, Ct)).Id != scan.Id);
    }

    /// <summary>Reads all files, and finds all bytes that the records name.</summary>
    private static async Task AssertWholeAsync(HutchServer server, HutchClient admin, DatasetId dataset, byte[][] contents)
    {
        for (int i = 0; i < contents.Length; i++)
        {
            using HttpResponseMessage answer = await admin.OpenEntryAsync(dataset, null, $"file {i}", 0, Ct);
            Assert.Equal(contents[i], await answer.Content.ReadAsByteArrayAsync(Ct));
        }

        Assert.Empty((await new StoredBytesCheck(server.Site.Records, server.Site.Heads.Tree, server.Site.Verifier).RunAsync(Ct)).Problems);
    }

    private Task<Result<BackupSummary>> BackUpAsync() =>
        new BackupWriter(new BackupSource(LocalDisk.Instance, _one.Folder, _one.Site, _one.Zone, "", TimeProvider.System))
            .CreateAsync(new BackupRequest(Backups, WithKeys: true), static _ => { }, Ct);
}
