using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Pushes;

namespace Hutch.Site.Tests.Sites;

/// <summary>What a push writes to the segments.</summary>
public sealed class PushedBytesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_whose_paths_come_in_no_order_writes_no_more_than_one_whose_paths_are_sorted()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset inOrder = await site.CreateAsync("in-order");
        SiteDataset inDisorder = await site.CreateAsync("in-disorder");
        TreeChange[] puts = [.. Enumerable.Range(0, 20_000).Select(i => Put($"{i:d6}"))];
        TreeChange[] shuffled = [.. puts];
        new Random(7).Shuffle(shuffled);
        long before = Used(site);
        SiteSnapshot ordered = await PushAsync(site, inOrder.Id, puts);
        long between = Used(site);

        // Other pages for the same paths, or nothing of the second would be stored.
        SiteSnapshot disordered = await PushAsync(
            site, inDisorder.Id, shuffled.Select(change => change with { Entry = change.Entry! with { Executable = true } }));
        long after = Used(site);

        Assert.Equal((20_000, 20_000), (ordered.Root.Files, disordered.Root.Files));
        Assert.InRange(after - between, 1, 2 * (between - before));
    }

    private static long Used(TestSite site) => site.Site.Segments.Segments.Sum(static segment => segment.UsedBytes);

    private static TreeChange Put(string path) => new(DatasetPath.Parse(path).Value, Entry.File(BlobHash.Compute("hello"u8), 5));

    private static async Task<SiteSnapshot> PushAsync(TestSite site, DatasetId dataset, IEnumerable<TreeChange> changes)
    {
        SiteSession session = (await site.Site.Pushes.StartAsync(dataset, null, "anna", Ct)).Value;
        await site.UploadAsync(session, "hello"u8.ToArray());
        using PushCommit commit = (await site.Site.PushCommits.BeginAsync(session, static _ => Task.FromResult<IReadOnlyList<TreeView>>([]), Ct)).Value;
        foreach (TreeChange[] portion in changes.Chunk(500))
        {
            _ = (await commit.AddAsync(portion, Ct)).Value;
        }

        return (await commit.FinishAsync("in portions", Ct)).Value;
    }
}
