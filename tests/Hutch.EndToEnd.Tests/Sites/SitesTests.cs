using System.Collections.Concurrent;
using System.Security.Cryptography;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Model;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>Several sites as their operators run them: real servers, joined and used with the commands of docs/operations/sites.md.</summary>
public sealed class SitesTests(ThreeSites sites) : IClassFixture<ThreeSites>
{
    private const int LargeBytes = 24 << 20;
    private const int LargeFiles = 2;
    private const int SmallFiles = 200;

    /// <summary>Of what a copy brings, so much comes before a server is killed.</summary>
    private const long PartBytes = 16 << 20;

    /// <summary>What was on its way when a server was killed comes again: the extent that was not whole, and what lay between.</summary>
    private const long UnderWayBytes = 16 << 20;

    private static readonly string Files =
        $"mkdir raw; for i in $(seq {SmallFiles}); do head -c 5000 /dev/urandom > raw/$i; done\n"
        + $"for i in $(seq {LargeFiles}); do head -c {LargeBytes} /dev/urandom > large-$i; done";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_by_rule_completes_after_kills_of_both_servers_and_transfers_no_stored_part_again()
    {
        DatasetId scan = await sites.PushAsync("scan", Files);
        long before = sites.Link.Carried;

        sites.Link.StopAfter(PartBytes);
        await sites.Facility.RunAsync("rule", "add", "1 copies where tier=archive", "--dataset", "scan");
        await KillInTheMiddleAsync(sites.Archive, () => sites.Link.StopAfter(PartBytes));
        await KillInTheMiddleAsync(sites.Facility, static () => { });
        await sites.Facility.UntilRuleAsync(scan, "fulfilled");
        long carried = sites.Link.Carried - before;

        const long Bytes = (long)LargeFiles * LargeBytes;
        Assert.InRange(carried, Bytes, Bytes + (2 * UnderWayBytes));
        await AssertSameAsync(scan, sites.Archive);
    }

    [Fact]
    public async Task One_S3_key_opens_a_private_dataset_at_the_zone_and_two_sites_for_aws_boto3_and_rclone_until_it_is_revoked()
    {
        await sites.PushAsync("one-key", "echo photons > frame");
        string programs = Path.Combine(HutchExecutable.RepositoryRoot, "tests", "Hutch.EndToEnd.Tests", "S3", "Programs");
        string doors = string.Join(' ', sites.All.Select(static site => site.Server.S3.GetLeftPart(UriPartial.Authority)));

        await sites.Facility.RunShellAsync($"export DOORS='{doors}'\n{await File.ReadAllTextAsync(Path.Combine(programs, "sites.sh"), Ct)}");
    }

    [Fact]
    public async Task A_public_dataset_is_the_same_at_the_S3_door_of_each_site_also_where_no_copy_is_and_after_a_kill_while_it_is_read()
    {
        DatasetId open = await sites.PushAsync("open", "head -c 12000000 /dev/urandom > one; mkdir raw; echo two > raw/two");
        await sites.Facility.RunAsync("share", "open", "--with", "public");
        sites.Link.StopAfter(4 << 20); // the way to the home, which is the only one that has it
        Task reading = sites.Compute.ReadAsync(open, "one");
        await KillInTheMiddleAsync(sites.Compute, static () => { });
        await Assert.ThrowsAnyAsync<Exception>(() => reading);

        await sites.Facility.RunAsync("replicate", "open", "--to", "archive");
        await sites.Facility.UntilCopyAsync(open, "archive", static copy => copy.State == "complete");
        string[] seen = [.. await Task.WhenAll(sites.All.Select(ListOverS3Async))];

        Assert.All(seen, one => Assert.Equal(seen[0], one));
        Assert.Contains("raw/two", seen[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_acknowledged_through_a_site_is_there_when_its_home_was_killed_in_the_middle_of_writes()
    {
        DatasetId kept = await sites.PushAsync("written", "echo one > one");
        await sites.Compute.UntilAsync(client => client.GetDatasetAsync(kept, Ct), static one => one.Files > 0);
        await sites.Compute.RunShellAsync(
            $"hutch clone --quiet {kept} written; cd written; for i in $(seq {LargeFiles}); do head -c {LargeBytes} /dev/urandom > large-$i; done");
        var acknowledged = new Acknowledged(40);

        Task<CommandResult> push = sites.Compute.Person.RunShellAsync("cd written; hutch push --quiet", Ct);
        Task[] writers = [.. Enumerable.Range(0, 4).Select(writer => PutUntilRefusedAsync(kept, writer, acknowledged))];
        await Task.WhenAny(acknowledged.Enough, Task.WhenAll(writers));
        await sites.Facility.KillAsync();
        await Task.WhenAll(writers);
        await sites.Facility.StartAsync();
        await push;
        await sites.Compute.RunShellAsync("cd written; hutch push --quiet || { hutch pull --quiet; hutch push --quiet; }");

        Assert.InRange(acknowledged.Files.Count, acknowledged.Wanted, int.MaxValue);
        foreach ((string path, byte[] bytes) in acknowledged.Files)
        {
            Assert.Equal(BlobHash.Compute(bytes), BlobHash.Compute(await sites.Facility.ReadAsync(kept, path)));
            Assert.Equal(BlobHash.Compute(bytes), BlobHash.Compute(await sites.Compute.ReadAsync(kept, path)));
        }

        await sites.Facility.RunShellAsync($"hutch clone --quiet {kept} arrived; cmp arrived/large-1 {sites.Compute.Person.WorkingFolder}/written/large-1");
    }

    [Fact]
    public async Task A_pin_brings_a_copy_to_a_site_and_keeps_it_there_until_it_is_taken_away()
    {
        DatasetId staged = await sites.PushAsync("staged", "echo one > one");

        await sites.Facility.RunAsync("pin", "staged", "--at", "compute", "--for", "2d");
        string pins = await sites.Facility.RunAsync("pin", "staged", "--at", "compute", "--for", "7d");
        await sites.Facility.UntilCopyAsync(staged, "compute", static copy => copy.State == "complete");
        DatasetRules rules = await sites.Facility.Client.GetRulesAsync(staged, Ct);
        string none = await sites.Facility.RunShellAsync("hutch pin staged --at compute --remove 2>&1");
        await sites.Facility.UntilCopyAsync(staged, "compute", static copy => copy.State == "released");

        Assert.Contains("1 copy where site=compute", pins, StringComparison.Ordinal);
        Assert.InRange(Assert.Single(rules.Items).Rule.Until!.Value, DateTimeOffset.UtcNow.AddDays(6), DateTimeOffset.UtcNow.AddDays(7));
        Assert.Contains("is pinned at no site", none, StringComparison.Ordinal);
    }

    /// <summary>Puts files through the compute site until one is refused, and notes those that were acknowledged.</summary>
    private async Task PutUntilRefusedAsync(DatasetId dataset, int writer, Acknowledged acknowledged)
    {
        for (int i = 0; ; i++)
        {
            (string path, byte[] bytes) = ($"put/{writer}-{i}", RandomNumberGenerator.GetBytes(200_000));
            try
            {
                await sites.Compute.Client.PutEntryAsync(dataset, path, bytes, ct: Ct);
                acknowledged.Add(path, bytes);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Unavailable)
            {
                return;
            }
        }
    }

    /// <summary>What somebody without a key finds at the S3 door: names, ETags, times, and the SHA-256 of what is in each.</summary>
    private static Task<string> ListOverS3Async(SiteProcess site) => site.RunShellAsync(
        $"""
        export AWS_EC2_METADATA_DISABLED=true
        /usr/bin/python3 - <<'PYTHON'
        import boto3, botocore, hashlib
        s3 = boto3.client("s3", endpoint_url="{site.Server.S3.GetLeftPart(UriPartial.Authority)}", region_name="us-east-1",
                          config=botocore.config.Config(signature_version=botocore.UNSIGNED))
        for one in s3.list_objects_v2(Bucket="admin.open")["Contents"]:
            body = s3.get_object(Bucket="admin.open", Key=one["Key"])["Body"].read()
            print(one["Key"], one["ETag"], one["LastModified"], one["Size"], hashlib.sha256(body).hexdigest())
        PYTHON
        """);

    /// <summary>Kills a server when part of what it sends or takes has come, and starts it again.</summary>
    private async Task KillInTheMiddleAsync(SiteProcess site, Action meanwhile)
    {
        await sites.Link.Stopped.WaitAsync(Ct);
        await site.KillAsync();
        sites.Link.Cut();
        meanwhile();
        await site.StartAsync();
    }

    /// <summary>Compares every file at a site with what was pushed.</summary>
    private async Task AssertSameAsync(DatasetId dataset, SiteProcess site)
    {
        await site.RunShellAsync($"rm -rf copy; hutch clone {dataset} copy; diff -r --exclude .hutch {sites.Facility.Person.WorkingFolder}/scan copy");
    }

    /// <summary>Files of which a site has said that they are durable.</summary>
    /// <param name="wanted">How many are waited for.</param>
    private sealed class Acknowledged(int wanted)
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Wanted => wanted;

        public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

        public Task Enough => _enough.Task;

        public void Add(string path, byte[] bytes)
        {
            Files[path] = bytes;
            if (Files.Count >= wanted)
            {
                _enough.TrySetResult();
            }
        }
    }
}
