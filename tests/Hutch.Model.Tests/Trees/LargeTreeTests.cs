using System.Diagnostics;

namespace Hutch.Model.Tests.Trees;

/// <summary>A directory of a million files, with the real limits.</summary>
public sealed class LargeTreeTests(LargeTreeTests.Million million) : IClassFixture<LargeTreeTests.Million>
{
    private const int Count = 1_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(Count / 2)]
    [InlineData(Count - 1)]
    public async Task One_changed_added_or_removed_entry_touches_a_handful_of_pages(int index)
    {
        DatasetPath path = million.Files[index].Path;
        TreeChange[][] edits =
        [
            [new TreeChange(path, Entry.File(BlobHash.Compute("other"u8), 3))],
            [new TreeChange(path, null)],
            [new TreeChange(DatasetPath.Parse(path.Value + "+").Value, Entry.File(BlobHash.Compute("new"u8), 3))],
        ];
        foreach (TreeChange[] edit in edits)
        {
            var sink = new MemoryPages();
            million.Pages.Reads = 0;
            TreeRoot root = (await million.Tree.ApplyAsync(million.Root, edit, sink, Cancel)).Value;

            Assert.InRange(sink.Writes, 3, 5);
            Assert.InRange(million.Pages.Reads, 1, 12);
            Assert.InRange(sink.WrittenBytes, 1, 500_000);

            foreach ((BlobHash _, ReadOnlyMemory<byte> page) in sink.All)
            {
                million.Pages.Put(page);
            }

            million.Pages.Reads = 0;
            List<TreeDifference> differences = await million.Tree.DiffAsync(million.Root, root, Cancel).ToListAsync(Cancel);
            Assert.Equal(edit[0], new TreeChange(differences.Single().Path, differences.Single().After));
            Assert.InRange(million.Pages.Reads, 2, 12);
        }
    }

    [Fact]
    public async Task Any_part_of_it_is_listed_by_reading_a_few_pages()
    {
        million.Pages.Reads = 0;

        Listing listing = await million.Tree.ListAsync(million.Root, new ListQuery { After = million.Files[777_777].Path.Value }, Cancel);

        Assert.Equal(million.Files.Skip(777_778).Take(1000).Select(f => f.Path.Value), listing.Items.Select(item => item.Path));
        Assert.InRange(million.Pages.Reads, 1, 25);
    }

    [Fact]
    public async Task Its_pages_are_those_of_any_history()
    {
        // Half of it first, in another order, then the rest: the very same pages.
        var pages = new MemoryPages();
        var tree = new Tree(pages);
        TreeChange[] odd = [.. million.Files.Where((_, i) => i % 2 == 1).Reverse()];
        TreeRoot half = (await tree.ApplyAsync(TreeRoot.Empty, odd, pages, Cancel)).Value;
        TreeRoot whole = (await tree.ApplyAsync(half, [.. million.Files.Where((_, i) => i % 2 == 0)], pages, Cancel)).Value;

        Assert.Equal(million.Root, whole);
    }

    public sealed class Million : IAsyncLifetime
    {
        internal MemoryPages Pages { get; } = new();

        public Tree Tree { get; private set; } = null!;

        public TreeRoot Root { get; private set; }

        public TreeChange[] Files { get; } = new TreeChange[Count];

        public async ValueTask InitializeAsync()
        {
            for (int i = 0; i < Count; i++)
            {
                Files[i] = new TreeChange(DatasetPath.Parse($"frame_{i:d7}.cbf").Value, Entry.File(BlobHash.Compute(BitConverter.GetBytes(i)), i));
            }

            // Without a cache worth its name, so that reads are counted.
            Tree = new Tree(Pages, new PageCache(0));
            long start = Stopwatch.GetTimestamp();
            Root = (await Tree.ApplyAsync(TreeRoot.Empty, Files, Pages, TestContext.Current.CancellationToken)).Value;
            TestContext.Current.SendDiagnosticMessage("Built in {0} ms.", Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
