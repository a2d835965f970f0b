namespace Hutch.Model.Tests.Trees;

public sealed class TreeVisitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_visitor_sees_every_page_and_every_blob_of_a_tree_and_no_page_twice() => TreePropertyTests.Check(TreeGenerators.History, async history =>
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages, null, history.Limits);
        (NaiveTree naive, _) = await TreePropertyTests.ReplayAsync(tree, history.Batches, pages);
        var fresh = new MemoryPages();
        TreeChange[] changes = [.. naive.Entries.Select(e => new TreeChange(e.Key, e.Value))];
        TreeRoot root = (await tree.ApplyAsync(TreeRoot.Empty, changes, fresh, Cancel)).Value;
        var visitor = new Recorder();

        await new Tree(fresh, null, history.Limits).VisitAsync(root, visitor, Cancel);

        Assert.Equal([.. fresh.All.Keys.Append(root.Page).Distinct().Order()], visitor.Pages.Order());
        Assert.Equal(
            [.. naive.Entries.Values.Where(e => e.Kind == EntryKind.File).Select(e => (e.Hash, e.Size)).Distinct().Order()],
            visitor.Blobs.Order());
    });

    [Fact]
    public async Task The_empty_tree_is_visited_without_a_page_in_the_store()
    {
        var visitor = new Recorder();

        await new Tree(new MemoryPages()).VisitAsync(TreeRoot.Empty, visitor, Cancel);

        Assert.Equal([TreeRoot.Empty.Page], visitor.Pages);
    }

    private sealed class Recorder : ITreeVisitor
    {
        public HashSet<BlobHash> Pages { get; } = [];

        public HashSet<(BlobHash Blob, long Size)> Blobs { get; } = [];

        public bool EnterPage(BlobHash page) => Pages.Add(page);

        public void VisitBlob(BlobHash blob, long size) => Blobs.Add((blob, size));
    }
}
