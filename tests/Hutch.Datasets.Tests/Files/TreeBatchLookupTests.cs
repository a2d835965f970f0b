using Hutch.Datasets.Files;
using Hutch.Model;

namespace Hutch.Datasets.Tests.Files;

public sealed class TreeBatchLookupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_are_found_at_their_paths_near_and_far_in_any_order_and_nowhere_else()
    {
        var pages = new Pages();
        var tree = new Tree(pages);
        TreeChange[] changes = [.. Enumerable.Range(0, 5000).Select(i => Put($"{i % 40:d2}/{i:d5}", i))];
        TreeRoot root = (await tree.ApplyAsync(TreeRoot.Empty, changes, pages, Ct)).Value;
        List<RequestedBlob> wanted = [.. new[] { 4999, 0, 40, 80, 2500, 1, 3999, 17 }.Select(i => Wanted($"{i % 40:d2}/{i:d5}", i))];

        IReadOnlyList<BlobHash> all = await new TreeBatchLookup(tree, root).FindAsync(changes.Select((change, i) => Wanted(change.Path.Value, i)), Ct);
        IReadOnlyList<BlobHash> some = await new TreeBatchLookup(tree, root).FindAsync(wanted, Ct);
        IReadOnlyList<BlobHash> none = await new TreeBatchLookup(tree, root).FindAsync(
            [Wanted("00/00000", 1), Wanted("00", 0), Wanted("00/000000", 0), Wanted("zz/0", 0), Wanted("../x", 0), Wanted("17/00018", 18)], Ct);

        Assert.Equal(5000, all.Count);
        Assert.Equal(wanted.Select(file => file.Hash).Order(), some.Order());
        Assert.Empty(none);
    }

    [Fact]
    public async Task A_few_files_of_a_large_tree_cost_a_few_pages()
    {
        var pages = new Pages();
        var tree = new Tree(pages);
        TreeRoot root = (await tree.ApplyAsync(TreeRoot.Empty, [.. Enumerable.Range(0, 60_000).Select(i => Put($"{i / 1000:d2}/{i:d5}", i))], pages, Ct)).Value;
        pages.Reads = 0;

        IReadOnlyList<BlobHash> found = await new TreeBatchLookup(new Tree(pages), root).FindAsync([Wanted("59/59999", 59_999), Wanted("00/00007", 7)], Ct);

        Assert.Equal(2, found.Count);
        Assert.InRange(pages.Reads, 1, 20);
    }

    private static TreeChange Put(string path, int i) => new(DatasetPath.Parse(path).Value, Entry.File(Hash(i), 4));

    private static RequestedBlob Wanted(string path, int i) => new(Hash(i), path);

    private static BlobHash Hash(int i) => BlobHash.Compute(BitConverter.GetBytes(i));

    private sealed class Pages : IPageSource, IPageSink
    {
        private readonly Dictionary<BlobHash, ReadOnlyMemory<byte>> _pages = [];

        public int Reads { get; set; }

        public ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash hash, CancellationToken cancellationToken)
        {
            Reads++;
            return ValueTask.FromResult(_pages[hash]);
        }

        public void Write(BlobHash hash, ReadOnlyMemory<byte> page) => _pages[hash] = page;
    }
}
