using FsCheck;
using FsCheck.Fluent;

namespace Hutch.Model.Tests.Trees;

public sealed class TreePropertyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_same_entries_give_the_same_pages_whatever_the_history() => Check(TreeGenerators.History, async history =>
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages, new PageCache(0), history.Limits);
        var naive = new NaiveTree();
        TreeRoot root = TreeRoot.Empty;
        foreach (TreeChange[] batch in history.Batches)
        {
            Result<TreeRoot> result = await tree.ApplyAsync(root, batch, pages, Cancel);
            bool expected = naive.TryApply(batch);

            Assert.Equal(expected ? null : ErrorCode.PathConflict, result.Error?.Code);
            root = result.IsOk ? result.Value : root;
            Assert.Equal(await BuildAsync(naive, history.Limits, new MemoryPages()), root);
            Assert.Equal(Pairs(naive), await EntriesAsync(tree, root));
        }
    });

    [Fact]
    public void Removing_everything_gives_the_empty_tree() => Check(TreeGenerators.History, async history =>
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages, null, history.Limits);
        (NaiveTree naive, TreeRoot root) = await ReplayAsync(tree, history.Batches, pages);

        TreeChange[] removals = [.. naive.Entries.Keys.Reverse().Select(path => new TreeChange(path, null))];
        TreeRoot empty = (await tree.ApplyAsync(root, removals, pages, Cancel)).Value;

        Assert.Equal(TreeRoot.Empty, empty);
        Assert.True(pages.All[empty.Page].Span.SequenceEqual(TreeRoot.EmptyPage.Span));
    });

    [Fact]
    public void Every_entry_is_found_and_nothing_else() => Check(TreeGenerators.History, async history =>
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages, null, history.Limits);
        (NaiveTree naive, TreeRoot root) = await ReplayAsync(tree, history.Batches, pages);

        foreach (DatasetPath path in history.Batches.SelectMany(b => b).Select(c => c.Path))
        {
            Assert.Equal(naive.Entries.GetValueOrDefault(path), await tree.FindAsync(root, path, Cancel));
        }

        Assert.Equal(naive.Entries.Count, root.Files);
        Assert.Equal(naive.Entries.Values.Sum(e => (decimal)e.Size), root.Bytes);
    });

    [Fact]
    public void The_difference_of_two_trees_applied_to_the_first_gives_the_second() => Check(TreeGenerators.History, async history =>
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages, null, history.Limits);
        (NaiveTree before, TreeRoot first) = await ReplayAsync(tree, history.Batches.Take(history.Batches.Length / 2), pages);
        (NaiveTree after, TreeRoot second) = await ReplayAsync(tree, history.Batches, pages);

        List<TreeDifference> differences = await tree.DiffAsync(first, second, Cancel).ToListAsync(Cancel);

        Assert.Equal(Expected(before, after), differences);
        TreeChange[] changes = [.. differences.Select(d => new TreeChange(d.Path, d.After))];
        Assert.Equal(second, (await tree.ApplyAsync(first, changes, pages, Cancel)).Value);
        TreeChange[] back = [.. differences.Select(d => new TreeChange(d.Path, d.Before))];
        Assert.Equal(first, (await tree.ApplyAsync(second, back, pages, Cancel)).Value);
    });

    [Fact]
    public void Content_ids_are_equal_exactly_when_names_and_bytes_are() => Check(TreeGenerators.History, async history =>
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages, null, history.Limits);
        (NaiveTree naive, TreeRoot root) = await ReplayAsync(tree, history.Batches, pages);

        TreeChange[] touched = [.. naive.Entries.Select(e => new TreeChange(e.Key, e.Value with { ModifiedNanoseconds = 77, UserMetadata = null }))];
        TreeRoot later = (await tree.ApplyAsync(root, touched, pages, Cancel)).Value;

        Assert.Equal(root.ContentId, later.ContentId);
        foreach ((DatasetPath path, Entry entry) in naive.Entries.Where(e => e.Value.Kind == EntryKind.File).Take(3))
        {
            TreeChange[] flipped = [new TreeChange(path, entry with { Executable = !entry.Executable })];
            Assert.NotEqual(root.ContentId, (await tree.ApplyAsync(root, flipped, pages, Cancel)).Value.ContentId);
        }
    });

    [Fact]
    public void A_listing_is_what_the_naive_listing_is() => Check(
        from history in TreeGenerators.History
        from prefix in Gen.Elements("", "a", "a/", "a/a", "b/", "00", "no/such", "a//", "a-")
        from after in Gen.Elements(null, "", "a", "a/", "a/a", "a/a/b", "0200", "zz", "a.", "a\n")
        from delimited in Gen.Elements(true, false)
        from limit in Gen.Choose(1, 20)
        select (history, query: new ListQuery { Prefix = prefix, After = after, Delimited = delimited, Limit = limit }),
        async input =>
        {
            var pages = new MemoryPages();
            var tree = new Tree(pages, null, input.history.Limits);
            (NaiveTree naive, TreeRoot root) = await ReplayAsync(tree, input.history.Batches, pages);

            Listing expected = naive.List(input.query);
            Listing listing = await tree.ListAsync(root, input.query, Cancel);

            Assert.Equal(expected.Items, listing.Items);
            Assert.Equal(expected.IsTruncated, listing.IsTruncated);
        });

    [Fact]
    public void An_enumeration_starts_after_any_text_and_keeps_to_any_prefix() => Check(
        from history in TreeGenerators.History
        from prefix in Gen.Elements("", "a", "a/", "a/a", "0", "é")
        from after in Gen.Elements(null, "", "a", "a/a", "a/a/b", "0200", "zz", "a.", "/")
        select (history, prefix, after),
        async input =>
        {
            var pages = new MemoryPages();
            var tree = new Tree(pages, null, input.history.Limits);
            (NaiveTree naive, TreeRoot root) = await ReplayAsync(tree, input.history.Batches, pages);

            IEnumerable<PathEntry> expected = Pairs(naive).Where(p => p.Path.Value.StartsWith(input.prefix, StringComparison.Ordinal)
                && (input.after is null || Utf8Order.Compare(p.Path.Value, input.after) > 0));

            Assert.Equal(expected, await tree.EnumerateAsync(root, input.after, input.prefix, Cancel).ToListAsync(Cancel));
        });

    internal static void Check<T>(Gen<T> inputs, Func<T, Task> property, int count = 150) =>
        Prop.ForAll(inputs.ToArbitrary(), input => Task.Run(() => property(input)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    internal static async Task<(NaiveTree Naive, TreeRoot Root)> ReplayAsync(Tree tree, IEnumerable<TreeChange[]> batches, MemoryPages pages)
    {
        var naive = new NaiveTree();
        TreeRoot root = TreeRoot.Empty;
        foreach (TreeChange[] batch in batches)
        {
            if (naive.TryApply(batch))
            {
                root = (await tree.ApplyAsync(root, batch, pages, Cancel)).Value;
            }
        }

        return (naive, root);
    }

    private static async Task<TreeRoot> BuildAsync(NaiveTree naive, PageLimits limits, MemoryPages pages) =>
        (await new Tree(pages, null, limits).ApplyAsync(TreeRoot.Empty, [.. naive.Entries.Select(e => new TreeChange(e.Key, e.Value))], pages, Cancel)).Value;

    private static async Task<List<PathEntry>> EntriesAsync(Tree tree, TreeRoot root) =>
        await tree.EnumerateAsync(root, cancellationToken: Cancel).ToListAsync(Cancel);

    private static List<PathEntry> Pairs(NaiveTree naive) => [.. naive.Entries.Select(e => new PathEntry(e.Key, e.Value))];

    private static List<TreeDifference> Expected(NaiveTree before, NaiveTree after) =>
    [
        .. before.Entries.Keys.Union(after.Entries.Keys).Order()
            .Select(path => new TreeDifference(path, before.Entries.GetValueOrDefault(path), after.Entries.GetValueOrDefault(path)))
            .Where(d => d.Before is null || !d.Before.Equals(d.After)),
    ];
}
