using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Buckets;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.DataLad;
using Hutch.Datasets.Backups;
using Hutch.Disk;
using Hutch.Federation;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Server;
using Hutch.Site;
using Hutch.Site.Engines;
using Hutch.Site.Engines.Segments;
using Hutch.Testing.Objects;
using Hutch.Zone.Accounts;

namespace Hutch.Engines.Tests;

/// <summary>A site moves between a data folder, a data folder over a bucket, and PostgreSQL with a bucket.</summary>
public sealed class MoveTests : IAsyncLifetime
{
    private readonly string _work = Directory.CreateTempSubdirectory("hutch-move-").FullName;
    private readonly byte[] _large = RandomNumberGenerator.GetBytes((9 << 20) + 7);
    private ServeOptions _folder = null!;
    private ServeOptions _shared = null!;
    private ISharedLocation _location = null!;
    private DatasetId _scan;
    private string _admin = "";
    private string _ada = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Through => Path.Combine(_work, "through");

    public async ValueTask InitializeAsync()
    {
        _folder = Options("folder");
        (_location, _shared) = await SharedEngines.MakePlaceAsync(Options("server"));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_work, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_site_that_moves_there_and_back_keeps_all_that_users_see_and_the_old_places_stay_shut()
    {
        var there = new SiteMove(_folder, null, _shared, _location, Through);
        ServeOptions returned = Options("returned");
        var back = new SiteMove(_shared, _location, returned, null, Path.Combine(_work, "back"));
        bool isServed;
        MoveReport behind;
        await using (HutchServer server = await HutchServer.StartAsync(_folder, Ct))
        {
            await FillAsync(server);
            isServed = await there.IsServedAsync(Ct);
            await BackUpAsync(_folder, server);
            behind = (await there.CopyBehindAsync(static _ => { }, Ct)).Value;
            await PutAsync(server, "later", [1, 2, 3]);
        }

        string[] before = await SeenAsync(_folder);
        MoveReport moved = (await there.FinishAsync(static _ => { }, Ct)).Value;
        IOException folderShut = await Assert.ThrowsAsync<IOException>(() => HutchServer.StartAsync(_folder, Ct));
        string[] shared = await SeenAsync(_shared);
        MoveReport movedBack = (await back.FinishAsync(static _ => { }, Ct)).Value;
        Exception sharedShut = await Assert.ThrowsAnyAsync<Exception>(() => HutchServer.StartAsync(_shared, Ct));
        string[] after = await SeenAsync(returned);

        Assert.All(before.Take(6), static line => Assert.Contains(" 200 ", line, StringComparison.Ordinal));
        Assert.True(isServed);
        Assert.Equal((false, 2), (behind.IsDone, behind.Files));
        Assert.True(moved.IsDone && movedBack.IsDone);
        Assert.Contains($"has moved to {_location.Where}", folderShut.Message, StringComparison.Ordinal);
        Assert.Contains($"has moved to {returned.DataFolder}", sharedShut.Message, StringComparison.Ordinal);
        Assert.Equal(before, shared);
        Assert.Equal(before, after);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_move_that_is_stopped_at_any_step_continues_and_until_its_end_one_place_serves(bool isThere)
    {
        await using (HutchServer server = await HutchServer.StartAsync(_folder, Ct))
        {
            await FillAsync(server);
        }

        string[] before = await SeenAsync(_folder);
        if (!isThere)
        {
            Assert.True((await new SiteMove(_folder, null, _shared, _location, Through).FinishAsync(static _ => { }, Ct)).IsOk);
        }

        (ServeOptions from, ServeOptions to) = isThere ? (_folder, _shared) : (_shared, Options("returned"));
        var steps = new StoppedLocation(_location);
        int stopped = 0;
        for (int stop = 1; ; stop++)
        {
            int calls = 0;
            steps.Left = stop;
            SiteMove move = isThere
                ? new SiteMove(from, null, to, steps, Through)
                : new SiteMove(from, steps, to, null, Path.Combine(_work, "back"));
            try
            {
                Assert.True((await move.FinishAsync(_ => steps.Step(++calls), Ct)).IsOk);
                break;
            }
            catch (StoppedException)
            {
                stopped++;
                bool hasBegun = isThere ? steps.HasBegun : File.Exists(Path.Combine(to.DataFolder, BackupRestorer.UnfinishedName));
                if (hasBegun || steps.HasEnded)
                {
                    await Assert.ThrowsAnyAsync<Exception>(() => HutchServer.StartAsync(steps.HasEnded ? from : to, Ct));
                }
            }
        }

        string[] after = await SeenAsync(to);

        Assert.True(stopped > 3 && (steps.HasEnded || !isThere), $"{stopped} stops");
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task A_site_moves_into_a_folder_over_a_bucket_from_there_to_engines_and_over_a_bucket_again()
    {
        using var first = new MemoryObjectStore();
        using var second = new MemoryObjectStore();
        (ServeOptions over, ServeOptions last) = (OverBucket("over", first), OverBucket("last", second));
        var into = new SiteMove(_folder, null, over, null, Through);
        int stored;
        await using (HutchServer server = await HutchServer.StartAsync(_folder, Ct))
        {
            await FillAsync(server);
            await server.Site.Engine.SealAsync(Ct);
            await BackUpAsync(_folder, server);
            Assert.True((await into.CopyBehindAsync(static _ => { }, Ct)).IsOk);
            stored = first.Keys.Count(static key => key.EndsWith(".tar", StringComparison.Ordinal));
            await PutAsync(server, "later", [1, 2, 3]);
            await BackUpAsync(_folder, server);
            Assert.True((await into.CopyBehindAsync(static _ => { }, Ct)).IsOk);
            await PutAsync(server, "last", [4]);
        }

        string[] before = await SeenAsync(_folder);
        MoveReport moved = (await into.FinishAsync(static _ => { }, Ct)).Value;
        string[] seenOver = await SeenAsync(over);
        Assert.True((await new SiteMove(over, null, _shared, _location, Path.Combine(_work, "on")).FinishAsync(static _ => { }, Ct)).IsOk);
        string[] shared = await SeenAsync(_shared);
        Exception overShut = await Assert.ThrowsAnyAsync<Exception>(() => HutchServer.StartAsync(over, Ct));
        Result<(RebuiltFolder, long)> rebuilt = await SiteRebuild.FromBucketAsync(OverBucket("rebuilt", first), Ct);
        Assert.True((await new SiteMove(_shared, _location, last, null, Path.Combine(_work, "back")).FinishAsync(static _ => { }, Ct)).IsOk);
        string[] after = await SeenAsync(last);

        Assert.True(stored > 0 && moved.IsDone, $"{stored} segments");
        Assert.Contains($"has moved to {_location.Where}", overShut.Message, StringComparison.Ordinal);
        Assert.Contains($"has moved to {_location.Where}", rebuilt.Error?.Message, StringComparison.Ordinal);
        Assert.Equal(before, seenOver);
        Assert.Equal(before, shared);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task A_move_over_a_bucket_that_fails_at_any_request_continues_and_until_its_end_one_place_serves()
    {
        using var objects = new MemoryObjectStore();
        (ServeOptions over, ServeOptions returned) = (OverBucket("over", objects), Options("returned"));
        await using (HutchServer server = await HutchServer.StartAsync(_folder, Ct))
        {
            await FillAsync(server);
            await server.Site.Engine.SealAsync(Ct);
            await BackUpAsync(_folder, server);
        }

        string[] before = await SeenAsync(_folder);
        int behind = await FailEachAsync(objects, over, () => new SiteMove(_folder, null, over, null, Through).CopyBehindAsync(static _ => { }, Ct));
        int finished = await FailEachAsync(objects, over, () => new SiteMove(_folder, null, over, null, Through).FinishAsync(static _ => { }, Ct));
        string[] seenOver = await SeenAsync(over);
        int left = await FailEachAsync(
            objects, returned, () => new SiteMove(over, null, returned, null, Path.Combine(_work, "back")).FinishAsync(static _ => { }, Ct));
        string[] after = await SeenAsync(returned);

        Assert.True(behind > 5 && finished > 3 && left > 3, $"{behind}, {finished}, {left} requests");
        Assert.Equal(before, seenOver);
        Assert.Equal(before, after);
    }

    /// <summary>Repeats a step of a move while one of its requests to the bucket fails, a later one each time. No server starts at the new place.</summary>
    private static async Task<int> FailEachAsync(MemoryObjectStore objects, ServeOptions target, Func<Task<Result<MoveReport>>> step)
    {
        for (int stop = 1; ; stop += 1 + (stop / 4))
        {
            int calls = 0;
            objects.Fault = _ => ++calls == stop ? ObjectFault.Refuse : ObjectFault.None;
            try
            {
                if ((await step()).IsOk)
                {
                    objects.Fault = static _ => ObjectFault.None;
                    return stop;
                }
            }
            catch (Exception e) when (e is HutchException or IOException)
            {
                // As for a refusal: the next run continues.
            }

            objects.Fault = static _ => ObjectFault.None;
            if (File.Exists(Path.Combine(target.DataFolder, "VERSION")))
            {
                await Assert.ThrowsAnyAsync<Exception>(() => HutchServer.StartAsync(target, Ct));
            }
        }
    }

    [Fact]
    public async Task A_site_of_a_zone_is_the_same_site_for_it_after_a_move()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        ServeOptions WithSites(ServeOptions options) => options with { Sites = new SitesOptions { Listen = "127.0.0.1:0", StopSeconds = 1 } };
        CreatedToken token;
        DatasetInfo made;
        await using (HutchServer server = await HutchServer.StartAsync(WithSites(_folder), Ct))
        {
            string local = (await File.ReadAllTextAsync(Path.Combine(_folder.DataFolder, AdminAccount.TokenFileName), Ct)).Trim();
            using var admin = new HutchClient(server.Address, local);
            await admin.JoinZoneAsync(new JoinZone { Token = await zone.InviteAsync("archive") }, Ct);
            token = await zone.Admin.CreateTokenAsync(new CreateToken { Site = "archive", Scopes = ["read", "write"] }, Ct);
            using var person = new HutchClient(server.Address, token.Token!);
            await SiteServer.UntilKnownAsync(person);
            made = await person.CreateDatasetAsync(new CreateDataset { Name = "made" }, Ct);
        }

        Assert.True((await new SiteMove(_folder, null, _shared, _location, Through).FinishAsync(static _ => { }, Ct)).IsOk);
        await using HutchServer moved = await HutchServer.StartAsync(WithSites(_shared), Ct);
        using var again = new HutchClient(moved.Address, token.Token!);
        await UntilDoneAsync(() => zone.Admin.PatchDatasetAsync(made.Id, new PatchDataset { Title = "seen" }, Ct));
        DatasetInfo other = await again.CreateDatasetAsync(new CreateDataset { Name = "other" }, Ct);

        Assert.Equal("seen", (await again.GetDatasetAsync(made.Id, Ct)).Title);
        Assert.Equal(["admin/made", "admin/other"], [made.Name, (await zone.Admin.GetDatasetAsync(other.Id, Ct)).Name]);
    }

    [Fact]
    public async Task A_purge_between_two_copies_is_not_undone_by_the_move()
    {
        var move = new SiteMove(_folder, null, _shared, _location, Through);
        await using (HutchServer server = await HutchServer.StartAsync(_folder, Ct))
        {
            await FillAsync(server);
            await BackUpAsync(_folder, server);
            Assert.True((await move.CopyBehindAsync(static _ => { }, Ct)).IsOk);
            await server.Site.Lifecycle.PurgeAsync(_scan, "withdrawn consent", "admin", Ct);
        }

        Result<MoveReport> refused = await move.FinishAsync(static _ => { }, Ct);

        Assert.Equal(ErrorCode.Conflict, refused.Error?.Code);
        Assert.Contains("was purged since the copy began", refused.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_move_into_a_place_with_a_site_is_refused_and_changes_nothing()
    {
        await (await HutchServer.StartAsync(_folder, Ct)).DisposeAsync();
        Assert.True((await _location.BeginFillingAsync("elsewhere", Ct)).IsOk);

        Result<MoveReport> refused = await new SiteMove(_folder, null, _shared, _location, Through).FinishAsync(static _ => { }, Ct);

        Assert.Equal(ErrorCode.Conflict, refused.Error?.Code);
        Assert.Contains("already has a site, from elsewhere", refused.Error!.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.DataFolder, "MOVED")));
    }

    /// <summary>Repeats a request that the zone refuses until it has heard of the new address of the site.</summary>
    private static async Task UntilDoneAsync(Func<Task> request)
    {
        while (true)
        {
            try
            {
                await request();
                return;
            }
            catch (HutchException)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private ServeOptions Options(string name) => new()
    {
        DataFolder = Path.Combine(_work, name),
        HttpAddress = "127.0.0.1:0",
        DataLad = new DataLadOptions(),
    };

    private ServeOptions OverBucket(string name, MemoryObjectStore objects) => Options(name) with
    {
        Site = new SiteOptions
        {
            Bucket = new SegmentBucketFactory(() => objects, new FolderSettings { CacheBytes = 0, ReserveBytes = 0 }),
        },
    };

    private async Task FillAsync(HutchServer server)
    {
        _admin = (await File.ReadAllTextAsync(Path.Combine(_folder.DataFolder, AdminAccount.TokenFileName), Ct)).Trim();
        using var admin = new HutchClient(server.Address, _admin);
        _scan = (await admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct)).Id;
        await PutAsync(server, "large", _large);
        await PutAsync(server, "small.txt", "text"u8.ToArray());
        await admin.CreateSnapshotAsync(_scan, new CreateSnapshot { Message = "first" }, Ct);
        await admin.PutTagAsync(_scan, "v1", new PutTag { Snapshot = 1 }, Ct);
        await admin.CloseDatasetAsync((await admin.CreateDatasetAsync(new CreateDataset { Name = "closed" }, Ct)).Id, new CloseDataset(), Ct);
        _ada = (await admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!;
        await admin.PutGrantAsync(_scan, "user:ada", new PutGrant { Right = "read" }, Ct);
        await admin.CreateTokenAsync(new CreateToken { S3 = true }, Ct);
    }

    private async Task PutAsync(HutchServer server, string path, byte[] content)
    {
        using var admin = new HutchClient(server.Address, _admin);
        await admin.PutEntryAsync(_scan, path, content, ct: Ct);
    }

    private Task<Result<BackupSummary>> BackUpAsync(ServeOptions options, HutchServer server) => new BackupWriter(
        new BackupSource(LocalDisk.Instance, options.DataFolder, server.Site, server.Zone, DataVersion.Read(LocalDisk.Instance, options.DataFolder)!.Incarnation!.Id, TimeProvider.System))
        .CreateAsync(new BackupRequest(Through, WithKeys: true), static _ => { }, Ct);

    /// <summary>Starts a server and notes what users see of ids, versions, bytes, entity tags, commits, tokens, grants and keys.</summary>
    private async Task<string[]> SeenAsync(ServeOptions options)
    {
        await using HutchServer server = await HutchServer.StartAsync(options, Ct);
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", _ada);
        var seen = new List<string>();
        foreach (string path in (string[])["", "/snapshots", "/snapshots/1", "/entries/large", "/entries/small.txt", "/entries/large?at=1"])
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"api/v1/datasets/{_scan}{path}", UriKind.Relative), Ct);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(Ct);
            seen.Add($"{path} {(int)answer.StatusCode} {answer.Headers.ETag} {Convert.ToHexString(SHA256.HashData(body))}");
        }

        using var admin = new HutchClient(server.Address, _admin);
        seen.Add(JsonSerializer.Serialize(await admin.GetDatasetAsync(_scan, Ct)));
        seen.Add(await CommitsAsync(server.Address));
        seen.Add(server.Zone.Id);
        seen.Add(await S3KeyAsync(server, options));
        return [.. seen];
    }

    private static async Task<string> S3KeyAsync(HutchServer server, ServeOptions options) =>
        Convert.ToHexString((await server.Zone.ReadSharedKeysAsync(Ct)).FirstOrDefault(static key => key.Name == "s3.key").Content
            ?? await File.ReadAllBytesAsync(Path.Combine(options.DataFolder, "s3.key"), Ct));

    private async Task<string> CommitsAsync(Uri server)
    {
        var start = new ProcessStartInfo("git", ["ls-remote", $"http://ada:{_ada}@{server.Authority}/git/admin/scan"]) { RedirectStandardOutput = true };
        using Process git = Process.Start(start)!;
        string output = await git.StandardOutput.ReadToEndAsync(Ct);
        await git.WaitForExitAsync(Ct);
        Assert.Contains("refs/tags/v1", output, StringComparison.Ordinal);
        return output;
    }
}
