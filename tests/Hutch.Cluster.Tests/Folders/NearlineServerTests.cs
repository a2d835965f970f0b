using System.Net;
using System.Security.Cryptography;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Replication.Evicting;
using Hutch.Testing;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>A server whose segments are on tape.</summary>
public sealed class NearlineServerTests : IAsyncLifetime
{
    private readonly TapeLibrary _tapes = new();
    private NearlineSite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await NearlineSite.StartAsync(_tapes.For(LocalDisk.Instance));
        _tapes.Forget();
    }

    public ValueTask DisposeAsync() => _site?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Files_on_tape_are_listed_answered_with_202_recalled_once_and_kept_by_a_pin()
    {
        var mounted = new TaskCompletionSource();
        _tapes.Mounting = _ => mounted.Task;
        using var plain = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", _site.Token) } };
        var file = new Uri(_site.Server.Address, $"/api/v1/datasets/{_site.Scan.Id}/entries/file%202");

        TreeListing listed = await _site.Admin.ListTreeAsync(_site.Scan.Id, null, null, null, null, null, ct: Ct);
        RecallInfo before = await _site.Admin.GetRecallAsync(_site.Scan.Id, Ct);
        using HttpResponseMessage away = await plain.GetAsync(file, Ct);
        using HttpResponseMessage again = await plain.GetAsync(file, Ct);
        RecallInfo pinned = await _site.Admin.RecallAsync(_site.Scan.Id, DateTimeOffset.UtcNow.AddDays(7), Ct);
        mounted.SetResult();
        await _site.AssertReadAsync();

        RecallInfo after = await _site.Admin.GetRecallAsync(_site.Scan.Id, Ct);
        Assert.Equal(_site.Contents.Length, listed.Items.Count);
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
        Result<Attested> attested = await _site.Server.Site.Attester.ReadAsync(_site.Scan.Id, BlobHash.Compute("a number"u8), Ct);
        int recalled = _tapes.Mounts.Count;
        DatasetInfo other = await _site.Admin.CreateDatasetAsync(new CreateDataset { Name = "other" }, Ct);
        await _site.Admin.PutEntryAsync(other.Id, "same", _site.Contents[1], ct: Ct);
        SiteDataset purged = (await _site.Server.Site.Lifecycle.PurgeAsync(_site.Scan.Id, "a mistake", "admin", Ct)).Value;
        await _site.Server.Site.Collector.CollectPurgedAsync(purged, Ct);

        Assert.Equal(ErrorCode.Unavailable, attested.Error?.Code);
        Assert.Contains("nearline storage", attested.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, recalled);
        Assert.False(_tapes.Has(_site.Contents[0]));
        using HttpResponseMessage answer = await _site.Admin.OpenEntryAsync(other.Id, null, "same", 0, Ct);
        Assert.Equal(_site.Contents[1], await answer.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task Programs_for_S3_see_restore_and_read_an_object_on_tape_as_in_an_archive_class()
    {
        var mounted = new TaskCompletionSource();
        _tapes.Mounting = _ => mounted.Task;
        CreatedToken key = await _site.Admin.CreateTokenAsync(new CreateToken { S3 = true }, Ct);
        string[] arguments =
            [_site.Server.Doors.First(static door => door.Door == "S3").Address.ToString(), key.AccessKey!, key.SecretKey!];

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
            get {Convert.ToHexStringLower(SHA256.HashData(_site.Contents[2]))}
            aws s3 cp {_site.Contents[2].Length}
            """,
            back);
        Assert.Equal(_tapes.Mounts.SelectMany(static mount => mount).Distinct(), _tapes.Mounts.SelectMany(static mount => mount));
    }

    [Fact]
    public async Task A_restore_needs_the_right_to_manage_and_an_object_that_is_offline()
    {
        IReadOnlyList<string> onTape = _tapes.Names;
        string ada = (await _site.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!;
        using var reader = new HutchClient(_site.Server.Address, ada);
        await _site.Admin.PutGrantAsync(_site.Scan.Id, "user:ada", new PutGrant { Right = "read" }, Ct);
        CreatedToken own = await _site.Admin.CreateTokenAsync(new CreateToken { S3 = true }, Ct);
        CreatedToken other = await reader.CreateTokenAsync(new CreateToken { S3 = true }, Ct);
        DatasetInfo fresh = await _site.Admin.CreateDatasetAsync(new CreateDataset { Name = "fresh" }, Ct);
        await _site.Admin.PutEntryAsync(fresh.Id, "file", "here"u8.ToArray(), ct: Ct);
        string door = _site.Server.Doors.First(static one => one.Door == "S3").Address.ToString();

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
        using var plain = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", _site.Token) } };
        var archive = new Uri(_site.Server.Address, $"/api/v1/datasets/{_site.Scan.Id}/{name}");

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
        Assert.All(_site.Contents, bytes => Assert.True(whole.AsSpan().IndexOf(bytes) > 0));
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
}
