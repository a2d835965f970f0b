using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>A facility gives up bytes that an archive holds, and gets them back: real servers, and both are killed on the way.</summary>
public sealed class EvictionTests : IAsyncLifetime
{
    private const int LargeBytes = 16 << 20;
    private const int SmallFiles = 40;

    /// <summary>Of what the archive sends, so much comes before a server is killed.</summary>
    private const long PartBytes = 4 << 20;

    private readonly TemporaryFolder _folder = new();
    private SiteProcess _facility = null!;
    private SiteProcess _archive = null!;

    /// <summary>Carries, and counts, what the archive sends to the facility.</summary>
    private Relay _link = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _facility = new SiteProcess("facility", _folder["facility"], ["--set", "server.name=facility"]);
        _archive = new SiteProcess("archive", _folder["archive"], []);
        _link = new Relay(_archive.Door, long.MaxValue, countsServer: true);
        _archive.DoorAddress = _link.Address;
        await _facility.StartZoneAsync(_archive);
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await _facility.DisposeAsync();
        await _link.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_a_home_gave_up_is_read_through_it_byte_for_byte_and_comes_back_though_each_server_is_killed_in_the_middle()
    {
        DatasetId scan = await _facility.PushAsync(
            "scan",
            $"mkdir raw; for i in $(seq {SmallFiles}); do head -c 5000 /dev/urandom > raw/$i; done; : > empty; "
            + $"head -c {LargeBytes} /dev/urandom > large");
        await _facility.RunShellAsync("hutch close scan; hutch share scan --with public; hutch replicate scan --to archive");
        await _facility.UntilCopyAsync(scan, "archive", static copy => copy.State == "complete");
        CreatedLink link = await _facility.Client.CreateLinkAsync(scan, new CreateLink { Right = "read" }, Ct);
        string pushed = await SumsAsync("cd scan; find . -type f -not -path './.hutch/*'");

        await _facility.RunAsync("evict", "scan");
        await Task.WhenAll(RestartAsync(_facility), RestartAsync(_archive));
        EvictionInfo evicted = await UntilAsync(scan, "evicted");
        await _facility.RunAsync("gc");
        long before = _link.Carried;
        _link.StopAfter(PartBytes);
        Task<byte[]> reading = _facility.UntilAsync(_ => _facility.ReadAsync(scan, "large"), static _ => true);
        await KillInTheMiddleAsync(_archive);
        byte[] large = await reading;
        string byLink = await ReadByLinkAsync(scan, link.Token);
        long carried = _link.Carried - before;
        string cloned = await SumsAsync($"hutch clone --quiet {scan} away >/dev/null; cd away; find . -type f -not -path './.hutch/*'");
        string overS3 = await ReadOverS3Async();

        _link.StopAfter(PartBytes);
        await _facility.RunAsync("recall", "scan");
        await KillInTheMiddleAsync(_facility);
        await UntilAsync(scan, "here");
        await _archive.KillAsync();
        string verified = await _facility.RunShellAsync("hutch verify scan 2>&1");
        string back = await SumsAsync($"hutch clone --quiet {scan} back >/dev/null; cd back; find . -type f -not -path './.hutch/*'");

        Assert.Equal(("archive", true), (Assert.Single(evicted.Sites).Site, evicted.Sites[0].Holds));
        Assert.Contains(BlobHash.Compute(large) + "  large", pushed, StringComparison.Ordinal);
        Assert.InRange(carried, LargeBytes, long.MaxValue);
        Assert.All([byLink, cloned, overS3, back], seen => Assert.Equal(pushed, seen));
        Assert.Contains($"{SmallFiles + 2} blobs", verified, StringComparison.Ordinal);
    }

    private static async Task RestartAsync(SiteProcess site)
    {
        await site.KillAsync();
        await site.StartAsync();
    }

    /// <summary>Kills a server when part of what the archive sends has come, and starts it again.</summary>
    private async Task KillInTheMiddleAsync(SiteProcess site)
    {
        await _link.Stopped.WaitAsync(Ct);
        await site.KillAsync();
        _link.Cut();
        await site.StartAsync();
    }

    private Task<EvictionInfo> UntilAsync(DatasetId dataset, string state) =>
        _facility.UntilAsync(client => client.GetEvictionAsync(dataset, Ct), eviction => eviction.State == state);

    /// <summary>The SHA-256 of files that a line of shell finds, sorted by path.</summary>
    private Task<string> SumsAsync(string find) => _facility.RunShellAsync(find + " | LC_ALL=C sort | xargs sha256sum | sed 's: \\./: :'");

    /// <summary>What whoever has the link gets.</summary>
    private Task<string> ReadByLinkAsync(DatasetId dataset, string token) => _facility.RunShellAsync(
        $"""
        mkdir linked; cd linked
        curl --silent --fail --show-error -H 'Authorization: Bearer {token}' {_facility.Server.Address}api/v1/datasets/{dataset}/archive.tar | tar x
        find . -type f | LC_ALL=C sort | xargs sha256sum | sed 's: \./: :'
        """);

    /// <summary>What somebody without a key gets at the S3 door.</summary>
    private Task<string> ReadOverS3Async() => _facility.RunShellAsync(
        $"""
        export AWS_EC2_METADATA_DISABLED=true
        /usr/bin/python3 - <<'PYTHON'
        import boto3, botocore, hashlib
        s3 = boto3.client("s3", endpoint_url="{_facility.Server.S3.GetLeftPart(UriPartial.Authority)}", region_name="us-east-1",
                          config=botocore.config.Config(signature_version=botocore.UNSIGNED))
        for one in s3.list_objects_v2(Bucket="admin.scan")["Contents"]:
            body = s3.get_object(Bucket="admin.scan", Key=one["Key"])["Body"].read()
            print(hashlib.sha256(body).hexdigest() + "  " + one["Key"])
        PYTHON
        """);
}
