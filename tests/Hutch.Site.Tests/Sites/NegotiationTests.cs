using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Testing.Disks;

namespace Hutch.Site.Tests.Sites;

/// <summary>
/// What a push must upload. Who may not read a blob must not learn whether it is stored: not from the answer, and not from the work that the
/// answer takes, which is counted in reads of the disk.
/// </summary>
public sealed class NegotiationTests
{
    private const int Files = 2000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Negotiating_a_blob_of_another_dataset_costs_as_many_reads_as_an_unknown_blob()
    {
        var disk = new CountingDisk();
        await using TestSite site = await OpenAsync(disk);
        SiteDataset others = await site.CreateAsync("theirs");
        Assert.True((await site.PutAsync(others.Id, "secret", "stored")).IsOk);
        SiteDataset target = await site.CreateAsync("mine");
        SiteSnapshot filled = await FillAsync(site, target);
        SiteSession push = (await site.Site.Pushes.StartAsync(target.Id, filled.Number, "anna", Ct)).Value;
        TreeView head = (await site.Site.Heads.ResolveAsync(target.Id, null, Ct)).Value;

        (int stored, int readsOfStored) = await ProbeAsync(site, disk, push, head, "stored");
        (int unknown, int readsOfUnknown) = await ProbeAsync(site, disk, push, head, "unknown");
        (int storedAgain, int readsAgain) = await ProbeAsync(site, disk, push, head, "stored");
        (int mine, _) = await ProbeAsync(site, disk, push, head, Content(7));

        Assert.Equal((1, 1, 1), (stored, unknown, storedAgain));
        Assert.True(readsOfStored > 0, "the first negotiation looks at the tree once");
        Assert.Equal(readsOfUnknown, readsAgain);
        Assert.Equal(0, readsAgain);
        Assert.Equal(0, mine);
    }

    [Fact]
    public async Task The_first_negotiation_costs_the_same_for_a_stored_blob_and_an_unknown_one()
    {
        Assert.Equal(await FirstAsync("stored"), await FirstAsync("unknown"));

        static async Task<int> FirstAsync(string probe)
        {
            var disk = new CountingDisk();
            await using TestSite site = await OpenAsync(disk);
            SiteDataset others = await site.CreateAsync("theirs");
            Assert.True((await site.PutAsync(others.Id, "secret", "stored")).IsOk);
            SiteDataset target = await site.CreateAsync("mine");
            SiteSnapshot filled = await FillAsync(site, target);
            SiteSession push = (await site.Site.Pushes.StartAsync(target.Id, filled.Number, "anna", Ct)).Value;
            TreeView head = (await site.Site.Heads.ResolveAsync(target.Id, null, Ct)).Value;
            return (await ProbeAsync(site, disk, push, head, probe)).Reads;
        }
    }

    [Fact]
    public async Task What_a_later_version_brought_is_found_in_it_and_its_walk_costs_only_the_new_pages()
    {
        var disk = new CountingDisk();
        await using TestSite site = await OpenAsync(disk);
        SiteDataset target = await site.CreateAsync("mine");
        SiteSnapshot filled = await FillAsync(site, target);
        SiteSession push = (await site.Site.Pushes.StartAsync(target.Id, filled.Number, "anna", Ct)).Value;
        TreeView before = (await site.Site.Heads.ResolveAsync(target.Id, null, Ct)).Value;
        (_, int whole) = await ProbeAsync(site, disk, push, before, "unknown");
        Assert.True((await site.PutAsync(target.Id, "later", "later")).IsOk);
        Assert.True((await site.Site.HeadCompactor.CompactAsync(target.Id, CompactionRequest.Automatic, Ct)).IsOk);
        TreeView after = (await site.Site.Heads.ResolveAsync(target.Id, null, Ct)).Value;

        (int unknown, int reads) = await ProbeAsync(site, disk, push, after, "unknown");
        (int later, _) = await ProbeAsync(site, disk, push, after, "later");

        Assert.Equal((1, 0), (unknown, later));
        Assert.True(reads < whole / 2, $"{reads} reads for one new file, {whole} for all");
    }

    private static Task<TestSite> OpenAsync(CountingDisk disk) => TestSite.OpenAsync(
        new SiteOptions { Segments = new SegmentOptions { ReserveBytes = 1 << 20 }, Blobs = new BlobOptions { PageCacheBytes = 0 } }, disk);

    private static string Content(int number) => $"content {number}";

    private static async Task<SiteSnapshot> FillAsync(TestSite site, SiteDataset target)
    {
        SiteSession push = (await site.Site.Pushes.StartAsync(target.Id, null, "anna", Ct)).Value;
        byte[] seven = System.Text.Encoding.UTF8.GetBytes(Content(7));
        await site.UploadAsync(push, seven);
        TreeChange[] changes =
        [
            .. Enumerable.Range(0, Files).Select(i => new TreeChange(DatasetPath.Parse($"{i:d5}").Value, Entry.Link("somewhere"))),
            new TreeChange(DatasetPath.Parse("seven").Value, Entry.File(BlobHash.Compute(seven), seven.Length)),
        ];
        return (await site.Site.PushCommits.CommitAsync(push, changes, null, Ct)).Value;
    }

    /// <summary>How many of one blob must be uploaded, and how often the disk was read to say so.</summary>
    private static async Task<(int Missing, int Reads)> ProbeAsync(TestSite site, CountingDisk disk, SiteSession push, TreeView head, string content)
    {
        disk.Reads = 0;
        BlobHash[] offered = [BlobHash.Compute(System.Text.Encoding.UTF8.GetBytes(content))];
        IReadOnlyList<BlobHash> missing = (await site.Site.Negotiation.NegotiateAsync(push, offered, [head], Ct)).Value;
        return (missing.Count, (int)disk.Reads);
    }
}
