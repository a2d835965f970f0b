using Hutch.Model;
using Hutch.Model.Site;
using Hutch.S3.Tests.Support;
using Hutch.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Testing.Disks;

namespace Hutch.S3.Tests.Load;

/// <summary>
/// A bucket of a million keys. A page of a listing costs what is on it, with and without delimiter: counted in reads of the disk, because
/// times belong to machines.
/// </summary>
public sealed class LargeBucketTests
{
    private const int Frames = 500_000;
    private const int Scans = 1_000;
    private const int FramesInScan = 500;

    // A page of a tree holds a hundred entries and more; the way down to the first is a few.
    private const int MaxReads = 40;

    private readonly CountingDisk _disk = new();

    [Fact]
    public async Task A_page_of_a_million_keys_costs_a_few_reads_with_and_without_delimiter()
    {
        await using TestDoor door = await TestDoor.StartAsync(disk: _disk, site: new SiteOptions { Blobs = new BlobOptions { PageCacheBytes = 0 } });
        await FillAsync(door);
        (await door.Admin.PutAsync("/million/zzz", "lies over the tree")).Must(200);

        S3Answer first = await ListAsync(door, "");
        Assert.Equal((Frame(0), Frame(999)), (first.All("Key")[0], first.All("Key")[^1]));
        S3Answer second = await ListAsync(door, "&continuation-token=" + Uri.EscapeDataString(first.First("NextContinuationToken")!));
        Assert.Equal(Frame(1000), second.All("Key")[0]);
        Assert.Equal(InScan(500, 0), (await ListAsync(door, $"&start-after={InScan(499, 499)}")).All("Key")[0]);

        S3Answer root = await ListAsync(door, $"&delimiter=/&start-after={Frame(Frames - 3)}");
        Assert.Equal([Frame(Frames - 2), Frame(Frames - 1), "zzz"], root.All("Key"));
        Assert.Equal(["scan/"], Prefixes(root));
        Assert.Equal(Scans, Prefixes(await ListAsync(door, "&delimiter=/&prefix=scan/")).Length);
        Assert.Equal(FramesInScan, (await ListAsync(door, "&delimiter=/&prefix=scan/0500/")).All("Key").Length);
        Assert.Equal(["frame_"], Prefixes(await ListAsync(door, "&max-keys=2&delimiter=_")));
    }

    private static string[] Prefixes(S3Answer answer) =>
        [.. answer.Xml.Elements().Where(element => element.Name.LocalName == "CommonPrefixes").Select(element => element.Value)];

    private static string Frame(int number) => $"frame_{number:d7}.cbf";

    private static string InScan(int scan, int number) => $"scan/{scan:d4}/{number:d4}.cbf";

    /// <summary>One push of links, which need no bytes.</summary>
    private static async Task FillAsync(TestDoor door)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        (await door.Admin.PutAsync("/million")).Must(200);
        string text = await door.RestAsync(HttpMethod.Get, "datasets/resolve?name=million");
        var id = new DatasetId(System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("id").GetGuid());
        Entry link = Entry.Link("target");
        IEnumerable<string> paths = Enumerable.Range(0, Frames).Select(Frame).Concat(
            Enumerable.Range(0, Scans * FramesInScan).Select(i => InScan(i / FramesInScan, i % FramesInScan)));
        TreeChange[] changes = [.. paths.Select(path => new TreeChange(DatasetPath.Parse(path).Value, link))];
        SiteSession session = (await door.Site.Pushes.StartAsync(id, null, "admin", ct)).Value;
        Assert.True((await door.Site.PushCommits.CommitAsync(session, changes, null, ct)).IsOk);
    }

    private async Task<S3Answer> ListAsync(TestDoor door, string query)
    {
        _disk.Reads = 0;
        S3Answer page = (await door.Admin.GetAsync("/million?list-type=2" + query)).Must(200);
        Assert.True(_disk.Reads is > 0 and <= MaxReads, $"{query} took {_disk.Reads} reads of the disk.");
        return page;
    }
}
