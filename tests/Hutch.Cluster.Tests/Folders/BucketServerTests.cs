using System.Security.Cryptography;
using Hutch.Buckets;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Datasets.Backups;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Server;
using Hutch.Site;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Replication.Evicting;
using Hutch.Testing;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>A server on a data folder, whose sealed segments are in a bucket and nowhere else.</summary>
public sealed class BucketServerTests : IDisposable
{
    private readonly TemporaryFolder _work = new();
    private readonly MemoryObjectStore _objects = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_work.Path, "data");

    public void Dispose()
    {
        _objects.Dispose();
        _work.Dispose();
    }

    [Fact]
    public async Task A_lost_machine_comes_back_from_the_bucket_alone_and_the_old_server_writes_nothing_more()
    {
        byte[][] contents = [.. new[] { 0, 5_000, 200_000, (9 << 20) + 7 }.Select(RandomNumberGenerator.GetBytes)];
        await using HutchServer server = await HutchServer.StartAsync(OptionsOf(Data), Ct);
        using HutchClient admin = Admin(server);
        DatasetInfo scan = await admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        for (int i = 0; i < contents.Length; i++)
        {
            await admin.PutEntryAsync(scan.Id, $"file {i}", contents[i], ct: Ct);
        }

        await WaitForCopyOfAccountsAsync();
        Assert.True((await server.Site.Engine.SecureAsync(Ct)).IsOk);
        Assert.Empty(Directory.GetFiles(Path.Combine(Data, "segments"), "*.tar"));
        await AssertReadAsync(admin, scan.Id, contents);
        string backups = Path.Combine(_work.Path, "backups");
        BackupSummary backup = (await new BackupWriter(
            new BackupSource(LocalDisk.Instance, Data, server.Site, server.Zone, "one", TimeProvider.System))
            .CreateAsync(new BackupRequest(backups), static _ => { }, Ct)).Value;
        var ofBackup = await BackupHost.RehearseAsync(backups, null, Path.Combine(_work.Path, "rehearsed"), TimeProvider.System, Ct);

        string remade = Path.Combine(_work.Path, "remade");
        (RebuiltFolder rebuilt, _) = (await SiteRebuild.FromBucketAsync(OptionsOf(remade), Ct)).Value;
        await using HutchServer second = await HutchServer.StartAsync(OptionsOf(remade), Ct);
        using var again = new HutchClient(second.Address, Token());
        Result<Done> fenced = await server.Site.Engine.SecureAsync(Ct);
        HutchException late = await Assert.ThrowsAsync<HutchException>(() => admin.PutEntryAsync(scan.Id, "late", contents[1], ct: Ct));

        Assert.Empty(backup.Damage);
        Assert.Empty(ofBackup.Value.Report.Problems);
        Assert.Empty(rebuilt.Missing);
        await WaitForNameAsync(again, scan.Id);
        await AssertReadAsync(again, scan.Id, contents);
        Assert.False(fenced.IsOk);
        Assert.Contains("has taken over the bucket", late.Error.Message, StringComparison.Ordinal);
        Assert.Contains("Write at the server that has the bucket now", late.Error.Code.Advice, StringComparison.Ordinal);
        await again.PutEntryAsync(scan.Id, "new", contents[2], ct: Ct);
        Assert.True((await second.Site.Engine.SecureAsync(Ct)).IsOk);
    }

    [Fact]
    public async Task A_rebuild_from_the_bucket_raises_the_epoch_and_the_numbers_of_segments_and_keeps_those_of_records()
    {
        string remade = Path.Combine(_work.Path, "remade");
        long records;
        DatasetInfo scan;
        await using (HutchServer server = await HutchServer.StartAsync(OptionsOf(Data), Ct))
        {
            using HutchClient admin = Admin(server);
            scan = await admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
            await admin.PutEntryAsync(scan.Id, "before", "before"u8.ToArray(), ct: Ct);
            await WaitForCopyOfAccountsAsync();
            Assert.True((await server.Site.Engine.SecureAsync(Ct)).IsOk);
            records = server.Site.AppliedSequence;
        }

        SegmentList first = FolderRecord.Read(LocalDisk.Instance, Data)!.Header;
        long highest = HighestSegment(Data);
        Incarnation? old = DataVersion.Read(LocalDisk.Instance, Data)!.Incarnation;
        Assert.True((await SiteRebuild.FromBucketAsync(OptionsOf(remade), Ct)).IsOk);
        await using HutchServer second = await HutchServer.StartAsync(OptionsOf(remade), Ct);
        using var again = new HutchClient(second.Address, Token());
        await WaitForNameAsync(again, scan.Id);
        await again.PutEntryAsync(scan.Id, "after", "after"u8.ToArray(), ct: Ct);
        Assert.True((await second.Site.Engine.SecureAsync(Ct)).IsOk);

        SegmentList now = FolderRecord.Read(LocalDisk.Instance, remade)!.Header;
        Incarnation made = DataVersion.Read(LocalDisk.Instance, remade)!.Incarnation!;
        Assert.Equal(first.Epoch + 1, now.Epoch);
        Assert.Equal(first.Site, now.Site);
        Assert.True(HighestSegment(remade) > highest + 1_000_000, $"{highest}, then {HighestSegment(remade)}");
        Assert.Equal(old!.Id, made.From);
        Assert.NotEqual(old.Id, made.Id);
        Assert.True(second.Site.AppliedSequence > records, $"{records}, then {second.Site.AppliedSequence}");
        Assert.Contains(_objects.Keys, static key => key.StartsWith("segments/000002/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_bytes_that_the_bucket_has_are_attested_and_a_purge_ends_when_it_has_deleted_them()
    {
        await using HutchServer server = await HutchServer.StartAsync(OptionsOf(Data), Ct);
        using HutchClient admin = Admin(server);
        DatasetInfo scan = await admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        byte[] secret = RandomNumberGenerator.GetBytes(100_000);
        await admin.PutEntryAsync(scan.Id, "a", secret, ct: Ct);
        Assert.True((await server.Site.Lifecycle.CloseAsync(scan.Id, "admin", null, Ct)).IsOk);
        BlobHash nonce = BlobHash.Compute("a number"u8);

        _objects.Fault = static call => call.Operation == ObjectOperation.Put ? ObjectFault.Refuse : ObjectFault.None;
        Result<Attested> refused = await server.Site.Attester.ReadAsync(scan.Id, nonce, Ct);
        _objects.Fault = static _ => ObjectFault.None;
        Result<Attested> attested = await server.Site.Attester.ReadAsync(scan.Id, nonce, Ct);
        bool wasThere = IsInBucket(secret);
        SiteDataset purged = (await server.Site.Lifecycle.PurgeAsync(scan.Id, "a mistake", "admin", Ct)).Value;
        await server.Site.Collector.CollectPurgedAsync(purged, Ct);

        Assert.Equal(ErrorCode.Unavailable, refused.Error?.Code);
        Assert.True(attested.IsOk, attested.Error?.Message);
        Assert.True(wasThere);
        Assert.False(IsInBucket(secret));
    }

    [Fact]
    public async Task Small_segments_are_merged_and_leave_the_bucket_only_after_the_merged_ones_are_there()
    {
        const int Count = 12;
        byte[][] contents = [.. Enumerable.Range(0, Count).Select(static _ => RandomNumberGenerator.GetBytes(2_000))];
        await using HutchServer server = await HutchServer.StartAsync(OptionsOf(Data), Ct);
        using HutchClient admin = Admin(server);
        DatasetInfo scan = await admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        for (int i = 0; i < Count; i++)
        {
            await admin.PutEntryAsync(scan.Id, $"file {i}", contents[i], ct: Ct);
            Assert.True((await server.Site.Engine.SecureAsync(Ct)).IsOk);
        }

        int before = Segments().Count();
        int lost = 0;
        _objects.Delay = (call, _) =>
        {
            lost += call is { Operation: ObjectOperation.Delete } && !contents.All(IsInBucket) ? 1 : 0;
            return Task.CompletedTask;
        };
        await server.Site.Collector.CollectAsync(Ct);
        Assert.True((await server.Site.Engine.SecureAsync(Ct)).IsOk);

        Assert.True(before >= Count, $"{before} objects");
        Assert.True(Segments().Count() <= 3, string.Join(", ", Segments()));
        Assert.Equal(0, lost);
        Assert.True(contents.All(IsInBucket));
        await AssertReadAsync(admin, scan.Id, contents);
    }

    [Fact]
    public async Task Accounts_roles_and_revoked_tokens_come_back_from_the_bucket_however_late_they_changed_H1()
    {
        CreatedUser ada;
        CreatedToken revoked;
        await using (HutchServer server = await HutchServer.StartAsync(OptionsOf(Data), Ct))
        {
            using HutchClient admin = Admin(server);
            await WaitForCopyOfAccountsAsync();
            ada = await admin.CreateUserAsync(new CreateUser { Name = "ada", Roles = ["auditor"] }, Ct);
            revoked = await admin.CreateTokenAsync(new CreateToken { Scopes = ["read"] }, Ct);
            await admin.RevokeTokenAsync(revoked.Id, Ct);
        }

        string remade = Path.Combine(_work.Path, "remade");
        Assert.True((await SiteRebuild.FromBucketAsync(OptionsOf(remade), Ct)).IsOk);
        await using HutchServer second = await HutchServer.StartAsync(OptionsOf(remade), Ct);
        using var again = new HutchClient(second.Address, ada.Token);
        using var late = new HutchClient(second.Address, revoked.Token!);

        Assert.Contains("auditor", (await again.GetCallerAsync(Ct)).Roles);
        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => late.GetCallerAsync(Ct));
        Assert.Equal(ErrorCode.Unauthenticated.Name, refused.Error.Code.Name);
    }

    private static long HighestSegment(string data) =>
        FolderRecord.Read(LocalDisk.Instance, data)!.Live.Max(static segment => SegmentInspection.NumberOf(segment.Segment));

    private IEnumerable<string> Segments() => _objects.Keys.Where(static key => key.EndsWith(".tar", StringComparison.Ordinal));

    private bool IsInBucket(byte[] bytes) => _objects.Keys.Any(key => _objects[key].AsSpan().IndexOf(bytes) >= 0);

    private ServeOptions OptionsOf(string data) => new()
    {
        DataFolder = data,
        HttpAddress = "127.0.0.1:0",
        Site = new SiteOptions
        {
            Bucket = new SegmentBucketFactory(() => _objects, new FolderSettings { CacheBytes = 0, ReserveBytes = 0, Alone = TimeSpan.FromSeconds(5) }),
        },
    };

    private HutchClient Admin(HutchServer server) => new(server.Address, Token());

    private string Token() => File.ReadAllText(Path.Combine(Data, "admin.token")).Trim();

    private async Task WaitForCopyOfAccountsAsync()
    {
        while (!Directory.Exists(Path.Combine(Data, "zone-copies")) || Directory.GetFiles(Path.Combine(Data, "zone-copies"), "zone-2*").Length == 0)
        {
            await Task.Delay(20, Ct);
        }
    }

    // The copy of the accounts is older than the dataset: a new server adds its name after it has started.
    private static async Task WaitForNameAsync(HutchClient client, DatasetId dataset)
    {
        while (!await client.ListDatasetsAsync(ct: Ct).AnyAsync(one => one.Id == dataset, Ct))
        {
            await Task.Delay(20, Ct);
        }
    }

    private static async Task AssertReadAsync(HutchClient client, DatasetId dataset, byte[][] contents)
    {
        for (int i = 0; i < contents.Length; i++)
        {
            using HttpResponseMessage answer = await client.OpenEntryAsync(dataset, null, $"file {i}", 0, Ct);
            Assert.Equal(contents[i], await answer.Content.ReadAsByteArrayAsync(Ct));
        }
    }
}
