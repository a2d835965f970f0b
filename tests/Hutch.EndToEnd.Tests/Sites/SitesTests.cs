using Hutch.Model;
using Hutch.Model.Contracts;

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
    public async Task A_rule_is_fulfilled_by_itself_though_each_server_is_killed_in_the_middle_and_nothing_comes_twice()
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
    public async Task An_archive_serves_its_copy_while_the_facility_is_down_and_hides_it_when_the_facility_has_deleted_it()
    {
        DatasetId kept = await sites.PushAsync("kept", "head -c 3000000 /dev/urandom > one; echo two > two");
        await sites.Facility.RunAsync("replicate", "kept", "--to", "archive");
        await sites.Facility.UntilCopyAsync(kept, "archive", static copy => copy.State == "complete");
        byte[] one = await sites.Facility.ReadAsync(kept, "one");

        await sites.Facility.KillAsync();
        byte[] archived = await sites.Archive.ReadAsync(kept, "one");
        await sites.Facility.StartAsync();
        await sites.Facility.RunAsync("delete", "kept");
        DatasetInfo deleted = await sites.Archive.UntilAsync(client => client.GetDatasetAsync(kept, Ct), static one => one.State == "trash");

        Assert.Equal(one, archived);
        Assert.NotNull(deleted.TrashedUntil);
    }

    [Fact]
    public async Task A_public_dataset_is_the_same_at_the_S3_door_of_each_site_also_where_no_copy_is_and_after_a_kill_while_it_is_read()
    {
        DatasetId open = await sites.PushAsync("open", "head -c 12000000 /dev/urandom > one; mkdir raw; echo two > raw/two");
        await sites.Facility.RunAsync("share", "open", "--with", "public");
        await sites.Facility.RunAsync("replicate", "open", "--to", "archive");
        await sites.Facility.UntilCopyAsync(open, "archive", static copy => copy.State == "complete");

        sites.Link.StopAfter(4 << 20);
        Task reading = sites.Compute.ReadAsync(open, "one");
        await KillInTheMiddleAsync(sites.Compute, static () => { });
        await Assert.ThrowsAnyAsync<Exception>(() => reading);
        string[] seen = [.. await Task.WhenAll(sites.All.Select(ListOverS3Async))];

        Assert.All(seen, one => Assert.Equal(seen[0], one));
        Assert.Contains("raw/two", seen[0], StringComparison.Ordinal);
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
}
