using System.Net;
using System.Security.Cryptography;
using Hutch.Client;
using Hutch.Cluster.Folders;
using Hutch.Cluster.Folders.Nearline;
using Hutch.Contracts;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Objects.Http;
using Hutch.S3;
using Hutch.Server;
using Hutch.Site;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Replication.Evicting;
using Hutch.Testing;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;
using Microsoft.Extensions.Logging;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>A server whose segments are on tape.</summary>
public sealed class NearlineServerTests : IAsyncLifetime
{
    private readonly TemporaryFolder _work = new();
    private readonly MemoryObjectStore _objects = new();
    private readonly TapeLibrary _tapes = new();
    private readonly byte[][] _contents = [.. new[] { 5_000, 200_000, (9 << 20) + 7 }.Select(RandomNumberGenerator.GetBytes)];
    private OpenedBucket? _factory;
    private HutchServer? _server;
    private HutchClient _admin = null!;
    private DatasetInfo? _scan;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_work.Path, "data");

    private string Token => File.ReadAllText(Path.Combine(Data, "admin.token")).Trim();

    /// <summary>Starts a server with a closed dataset, of which only tapes have the files.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await HutchServer.StartAsync(Options, Ct);
        _admin = new HutchClient(
            _server.Address, Token, new HutchClientOptions { Retry = HttpRetry.Default with { Time = new InstantTime() } });
        _scan = await _admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        for (int i = 0; i < _contents.Length; i++)
        {
            await _admin.PutEntryAsync(_scan.Id, $"file {i}", _contents[i], ct: Ct);
        }

        Assert.True((await _server.Site.Lifecycle.CloseAsync(_scan.Id, "admin", null, Ct)).IsOk);
        Assert.True((await _server.Site.Engine.SecureAsync(Ct)).IsOk);
        while (_objects.Keys.Any(static key => key.EndsWith(".tar", StringComparison.Ordinal)))
        {
            await Task.Delay(20, Ct);
        }

        foreach (StoredSegment segment in _factory!.Bucket!.Files.Cached)
        {
            await _factory.Bucket.Files.DropAsync(segment, Ct);
        }

        _tapes.Forget();
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        _objects.Dispose();
        _work.Dispose();
    }

    [Fact]
    public async Task Files_on_tape_are_listed_answered_with_202_recalled_once_and_kept_by_a_pin()
    {
        var mounted = new TaskCompletionSource();
        _tapes.Mounting = _ => mounted.Task;
        using var plain = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", Token) } };
        var file = new Uri(_server!.Address, $"/api/v1/datasets/{_scan!.Id}/entries/file%202");

        TreeListing listed = await _admin.ListTreeAsync(_scan.Id, null, null, null, null, null, ct: Ct);
        RecallInfo before = await _admin.GetRecallAsync(_scan.Id, Ct);
        using HttpResponseMessage away = await plain.GetAsync(file, Ct);
        using HttpResponseMessage again = await plain.GetAsync(file, Ct);
        RecallInfo pinned = await _admin.RecallAsync(_scan.Id, DateTimeOffset.UtcNow.AddDays(7), Ct);
        mounted.SetResult();
        for (int i = 0; i < _contents.Length; i++)
        {
            using HttpResponseMessage answer = await _admin.OpenEntryAsync(_scan.Id, null, $"file {i}", 0, Ct);
            Assert.Equal(_contents[i], await answer.Content.ReadAsByteArrayAsync(Ct));
        }

        RecallInfo after = await _admin.GetRecallAsync(_scan.Id, Ct);
        Assert.Equal(_contents.Length, listed.Items.Count);
        Assert.Equal("offline", before.State);
        Assert.True(before is { OfflineBytes: > 9 << 20, SecondsLeft: > 0 });
        Assert.Equal(HttpStatusCode.Accepted, away.StatusCode);
        Assert.Contains("urn:hutch:error:recalling", await away.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.True(away.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal("recalling", pinned.State);
        Assert.Equal("online", after.State);
        Assert.True(after.Until > DateTimeOffset.UtcNow.AddDays(6));
        Assert.Equal(_tapes.Mounts.SelectMany(static mount => mount).Distinct(), _tapes.Mounts.SelectMany(static mount => mount));
    }

    [Fact]
    public async Task An_attestation_recalls_nothing_and_a_purge_ends_after_the_segments_were_rewritten()
    {
        Result<Attested> attested = await _server!.Site.Attester.ReadAsync(_scan!.Id, BlobHash.Compute("a number"u8), Ct);
        int recalled = _tapes.Mounts.Count;
        DatasetInfo other = await _admin.CreateDatasetAsync(new CreateDataset { Name = "other" }, Ct);
        await _admin.PutEntryAsync(other.Id, "same", _contents[1], ct: Ct);
        SiteDataset purged = (await _server.Site.Lifecycle.PurgeAsync(_scan.Id, "a mistake", "admin", Ct)).Value;
        await _server.Site.Collector.CollectPurgedAsync(purged, Ct);

        Assert.Equal(ErrorCode.Unavailable, attested.Error?.Code);
        Assert.Contains("nearline storage", attested.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, recalled);
        Assert.False(_tapes.Has(_contents[0]));
        using HttpResponseMessage answer = await _admin.OpenEntryAsync(other.Id, null, "same", 0, Ct);
        Assert.Equal(_contents[1], await answer.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task Programs_for_S3_see_restore_and_read_an_object_on_tape_as_in_an_archive_class()
    {
        var mounted = new TaskCompletionSource();
        _tapes.Mounting = _ => mounted.Task;
        CreatedToken key = await _admin.CreateTokenAsync(new CreateToken { S3 = true }, Ct);
        string[] arguments =
            [_server!.Doors.First(static door => door.Door == "S3").Address.ToString(), key.AccessKey!, key.SecretKey!];

        string away = await Python.RunAsync(Client + WhileAway, arguments);
        mounted.SetResult();
        string back = await Python.RunAsync(Client + WhenBack, arguments);

        Assert.Equal(
            """
            head GLACIER None
            get 403 InvalidObjectState
            list GLACIER
            restore 202
            restore 409 RestoreAlreadyInProgress
            head GLACIER ongoing-request="true"
            zero 400 InvalidArgument
            aws s3 cp: skipped
            """,
            away);
        Assert.Equal(
            $"""
            head GLACIER ongoing-request="false"
            restore 200
            get {Convert.ToHexStringLower(SHA256.HashData(_contents[2]))}
            aws s3 cp {_contents[2].Length}
            """,
            back);
        Assert.Equal(_tapes.Mounts.SelectMany(static mount => mount).Distinct(), _tapes.Mounts.SelectMany(static mount => mount));
    }

    [Fact]
    public async Task A_restore_needs_the_right_to_manage_and_an_object_that_is_offline()
    {
        IReadOnlyList<string> onTape = _tapes.Names;
        string ada = (await _admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!;
        using var reader = new HutchClient(_server!.Address, ada);
        await _admin.PutGrantAsync(_scan!.Id, "user:ada", new PutGrant { Right = "read" }, Ct);
        CreatedToken own = await _admin.CreateTokenAsync(new CreateToken { S3 = true }, Ct);
        CreatedToken other = await reader.CreateTokenAsync(new CreateToken { S3 = true }, Ct);
        DatasetInfo fresh = await _admin.CreateDatasetAsync(new CreateDataset { Name = "fresh" }, Ct);
        await _admin.PutEntryAsync(fresh.Id, "file", "here"u8.ToArray(), ct: Ct);
        string door = _server.Doors.First(static one => one.Door == "S3").Address.ToString();

        string refused = await Python.RunAsync(Client + "print(*tell(restore, 'admin.scan', 'file 2'))", door, other.AccessKey!, other.SecretKey!);
        string here = await Python.RunAsync(Client + "print(*tell(restore, 'fresh', 'file'))", door, own.AccessKey!, own.SecretKey!);

        Assert.Equal("403 AccessDenied", refused);
        Assert.Equal("403 InvalidObjectState", here);

        // The new file may move to a tape now, where it is read back.
        Assert.Empty(_tapes.Mounts.SelectMany(static mount => mount).Intersect(onTape));
    }

    [Theory]
    [InlineData("archive.tar")]
    [InlineData("archive.zip")]
    public async Task An_archive_with_files_on_tape_is_answered_with_202_before_its_first_byte_and_is_whole_afterwards(string name)
    {
        var mounted = new TaskCompletionSource();
        _tapes.Mounting = _ => mounted.Task;
        using var plain = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", Token) } };
        var archive = new Uri(_server!.Address, $"/api/v1/datasets/{_scan!.Id}/{name}");

        using HttpResponseMessage away = await plain.GetAsync(archive, Ct);
        mounted.SetResult();
        byte[] whole;
        while (true)
        {
            using HttpResponseMessage answer = await plain.GetAsync(archive, Ct);
            whole = await answer.Content.ReadAsByteArrayAsync(Ct);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            await Task.Delay(20, Ct);
        }

        Assert.Equal(HttpStatusCode.Accepted, away.StatusCode);
        Assert.Equal("application/problem+json", away.Content.Headers.ContentType?.MediaType);
        Assert.True(away.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.All(_contents, bytes => Assert.True(whole.AsSpan().IndexOf(bytes) > 0));
    }

    /// <summary>Words for the scripts: a client of boto3, and what is printed of a call.</summary>
    private const string Client =
        """
        import os, subprocess, sys, hashlib, tempfile, time, boto3, botocore
        door, access, secret = sys.argv[1:]
        os.environ.update(AWS_ACCESS_KEY_ID=access, AWS_SECRET_ACCESS_KEY=secret, AWS_DEFAULT_REGION="us-east-1", AWS_CONFIG_FILE="/nonexistent")
        s3 = boto3.client("s3", endpoint_url=door)
        def tell(call, *arguments):
            try:
                return [call(*arguments)["ResponseMetadata"]["HTTPStatusCode"]]
            except botocore.exceptions.ClientError as e:
                return [e.response["ResponseMetadata"]["HTTPStatusCode"], e.response["Error"]["Code"]]
        def restore(bucket, key, days=2):
            return s3.restore_object(Bucket=bucket, Key=key, RestoreRequest={"Days": days, "GlacierJobParameters": {"Tier": "Bulk"}})
        def aws(*words):
            return subprocess.run(["/usr/bin/aws", "--endpoint-url", door, *words], capture_output=True, text=False)
        def head():
            return s3.head_object(Bucket="scan", Key="file 2")

        """;

    private const string WhileAway =
        """
        print("head", head()["StorageClass"], head().get("Restore"))
        print("get", *tell(lambda: s3.get_object(Bucket="scan", Key="file 2")))
        print("list", *{one["StorageClass"] for one in s3.list_objects_v2(Bucket="scan")["Contents"]})
        print("restore", *tell(restore, "scan", "file 2"))
        print("restore", *tell(restore, "scan", "file 2"))
        print("head", head()["StorageClass"], head()["Restore"])
        print("zero", *tell(restore, "scan", "file 2", 0))
        with tempfile.TemporaryDirectory() as folder:
            copied = aws("s3", "cp", "s3://scan/file 2", folder)
        print("aws s3 cp:", "skipped" if b"GLACIER" in copied.stderr else copied)
        """;

    private const string WhenBack =
        """
        while "true" in head()["Restore"]:
            time.sleep(0.05)
        print("head", head()["StorageClass"], head()["Restore"].split(",")[0])
        print("restore", *tell(restore, "scan", "file 2", 5))
        print("get", hashlib.sha256(s3.get_object(Bucket="scan", Key="file 2")["Body"].read()).hexdigest())
        print("aws s3 cp", len(aws("s3", "cp", "s3://scan/file 2", "-").stdout))
        """;

    private ServeOptions Options => new()
    {
        DataFolder = Data,
        HttpAddress = "127.0.0.1:0",
        S3 = new S3Options { Address = "127.0.0.1:0", StopSeconds = 2 },
        Site = new SiteOptions
        {
            Bucket = _factory = new OpenedBucket(new SegmentBucketFactory(
                () => _objects,
                new FolderSettings
                {
                    CacheBytes = 64 << 20,
                    ReserveBytes = 0,
                    SealAfter = TimeSpan.FromSeconds(2),
                    Alone = TimeSpan.FromSeconds(5),
                    Nearline = new NearlineSettings { After = TimeSpan.Zero, LeastBytes = 0, Store = _tapes.For(LocalDisk.Instance) },
                })),
        },
    };

    /// <summary>Remembers the bucket that the server opened.</summary>
    private sealed class OpenedBucket(SegmentBucketFactory inner) : ISegmentBucketFactory
    {
        public SegmentBucket? Bucket { get; private set; }

        public async Task<ISegmentBucket> OpenAsync(IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct) =>
            Bucket = (SegmentBucket)await inner.OpenAsync(disk, dataFolder, time, loggers, ct);

        public Task<Result<RebuiltFolder>> RebuildAsync(IDisk disk, string dataFolder, TimeProvider time, CancellationToken ct) =>
            inner.RebuildAsync(disk, dataFolder, time, ct);

        public Task FenceAsync(IDisk disk, string dataFolder, string movedTo, CancellationToken ct) =>
            inner.FenceAsync(disk, dataFolder, movedTo, ct);
    }
}
