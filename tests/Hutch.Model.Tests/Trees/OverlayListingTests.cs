using FsCheck;
using FsCheck.Fluent;

namespace Hutch.Model.Tests.Trees;

public sealed class OverlayListingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Gen<(PageLimits Limits, TreeChange[][] Batches, int Folded, int Noise)> Heads { get; } =
        from history in TreeGenerators.History
        from folded in Gen.Choose(0, history.Batches.Length)
        from noise in Gen.Choose(0, 1000)
        select (history.Limits, history.Batches, folded, noise);

    [Fact]
    public void A_head_lists_what_the_naive_head_lists() => TreePropertyTests.Check(
        from head in Heads
        from prefix in Gen.Elements("", "a", "a/", "a/a", "b/", "00", "no/such", "a//", "a-")
        from after in Gen.Elements(null, "", "a", "a/", "a/a", "a/a/b", "0200", "zz", "a.", "a\n")
        from delimited in Gen.Elements(true, false)
        from limit in Gen.Choose(1, 20)
        select (head, query: new ListQuery { Prefix = prefix, After = after, Delimited = delimited, Limit = limit }),
        async input =>
        {
            var pages = new MemoryPages();
            var tree = new Tree(pages, null, input.head.Limits);
            (NaiveTree naive, TreeRoot root, ListOverlay overlay) = await HeadAsync(tree, pages, input.head.Batches, input.head.Folded, input.head.Noise);

            Listing expected = naive.List(input.query);
            Listing listing = await OverlayListing.ListAsync(tree, root, overlay, input.query, Cancel);

            Assert.Equal(expected.Items, listing.Items);
            Assert.Equal(expected.IsTruncated, listing.IsTruncated);
        },
        300);

    [Fact]
    public void Markers_of_folders_change_no_listing_but_their_own() => TreePropertyTests.Check(
        from head in Heads
        from prefix in Gen.Elements("", ".", ".hutch", "a", "a/", "no/such")
        from after in Gen.Elements(null, "", ".hutch", ".hutch/", ".hutch/folders/a", ".hutch/older", "a", "a/")
        from delimited in Gen.Elements(true, false)
        from isOlder in Gen.Elements(true, false)
        from limit in Gen.Choose(1, 5)
        from at in Gen.Choose(0, 100)
        select (head, isOlder, at, query: new ListQuery { Prefix = prefix, After = after, Delimited = delimited, Limit = limit }),
        async input =>
        {
            TreeChange[] older = input.isOlder ? [File(".hutch/older/x"), File(".hutch/a")] : [];
            TreeChange[] markers = [.. new[] { "a", "a/b", "zz" }.Select(static folder => new TreeChange(
                ReservedNames.FolderMarker(DatasetPath.Parse(folder).Value)!.Value, Entry.Directory()))];
            TreeChange[][] batches = [.. input.head.Batches, older];
            int when = input.at % (batches.Length + 1);
            TreeChange[][] marked = [.. batches[..when], markers, .. batches[when..]];
            int folded = input.head.Folded + (when < input.head.Folded ? 1 : 0);
            var pages = new MemoryPages();
            var tree = new Tree(pages, null, input.head.Limits);
            (NaiveTree naive, _, _) = await HeadAsync(tree, pages, batches, input.head.Folded, input.head.Noise);
            (_, TreeRoot root, ListOverlay overlay) = await HeadAsync(tree, pages, marked, folded, input.head.Noise);

            Listing listing = await OverlayListing.ListAsync(tree, root, overlay, input.query, Cancel);
            Listing own = await OverlayListing.ListAsync(tree, root, overlay, new ListQuery { Prefix = ReservedNames.MarkerFolder }, Cancel);

            Assert.Equal(naive.List(input.query).Items, listing.Items);
            Assert.Equal(naive.List(input.query).IsTruncated, listing.IsTruncated);
            Assert.Equal(["a/", "a/b/", "zz/"], own.Items.Select(static item => ReservedNames.MarkedFolder(item.Path)));
        },
        200);

    [Fact]
    public void Going_on_after_each_page_of_a_listing_gives_every_item_once() => TreePropertyTests.Check(
        from head in Heads
        from delimited in Gen.Elements(true, false)
        from limit in Gen.Choose(1, 7)
        select (head, delimited, limit),
        async input =>
        {
            var pages = new MemoryPages();
            var tree = new Tree(pages, null, input.head.Limits);
            (NaiveTree naive, TreeRoot root, ListOverlay overlay) = await HeadAsync(tree, pages, input.head.Batches, input.head.Folded, input.head.Noise);

            var items = new List<ListItem>();
            string? after = null;
            do
            {
                var query = new ListQuery { Delimited = input.delimited, Limit = input.limit, After = after };
                Listing listing = await OverlayListing.ListAsync(tree, root, overlay, query, Cancel);
                items.AddRange(listing.Items);
                after = listing.Next;
            }
            while (after is not null);

            Assert.Equal(naive.List(new ListQuery { Delimited = input.delimited, Limit = 10_000 }).Items, items);
        },
        60);

    [Fact]
    public void An_enumeration_of_a_head_is_the_enumeration_of_the_tree_it_folds_into() => TreePropertyTests.Check(Heads, async head =>
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages, null, head.Limits);
        (NaiveTree naive, TreeRoot root, ListOverlay overlay) = await HeadAsync(tree, pages, head.Batches, head.Folded, head.Noise);

        List<PathEntry> living = await OverlayListing.EnumerateAsync(tree, root, overlay, cancellationToken: Cancel).ToListAsync(Cancel);
        TreeRoot folded = (await tree.ApplyAsync(root, overlay.Rows, pages, Cancel)).Value;

        Assert.Equal(naive.Entries.Select(e => new PathEntry(e.Key, e.Value)), living);
        Assert.Equal(living, await tree.EnumerateAsync(folded, cancellationToken: Cancel).ToListAsync(Cancel));
    });

    [Fact]
    public async Task Directories_without_rows_are_listed_without_being_entered()
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages, new PageCache(0));
        TreeChange[] files = [.. Enumerable.Range(0, 20_000).Select(i => File($"d{i / 20:d4}/f{i % 20:d2}"))];
        TreeRoot root = (await tree.ApplyAsync(TreeRoot.Empty, files, pages, Cancel)).Value;
        var overlay = new ListOverlay([new TreeChange(files[0].Path, null)]);
        pages.Reads = 0;

        Listing listing = await OverlayListing.ListAsync(tree, root, overlay, new ListQuery { Delimited = true, Limit = 900 }, Cancel);

        Assert.Equal(900, listing.Items.Count);
        Assert.All(listing.Items, item => Assert.True(item.IsCommonPrefix));
        Assert.InRange(pages.Reads, 1, 20); // 1000 directories stand in a few pages; one of them has a row and is entered
    }

    [Fact]
    public async Task A_directory_whose_last_file_is_hidden_is_gone_and_one_new_file_brings_it_back()
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages);
        TreeChange[] files = [.. Enumerable.Range(0, 5000).Select(i => File($"d/{i:d5}"))];
        TreeRoot root = (await tree.ApplyAsync(TreeRoot.Empty, [.. files, File("e")], pages, Cancel)).Value;
        TreeChange[] hidden = [.. files.Select(f => f with { Entry = null })];

        Assert.Equal(["e"], await NamesAsync(tree, root, new ListOverlay(hidden)));
        Assert.Equal(["d/", "e"], await NamesAsync(tree, root, new ListOverlay(hidden[..^1])));
        Assert.Equal(["d/", "e"], await NamesAsync(tree, root, new ListOverlay([.. hidden, File("d/x")])));
    }

    [Fact]
    public async Task Rows_below_the_tree_show_where_it_has_nothing_and_hide_nothing_of_it()
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages);
        TreeRoot root = (await tree.ApplyAsync(TreeRoot.Empty, [File("a"), File("d/b"), File("e")], pages, Cancel)).Value;
        Entry other = Entry.File(BlobHash.Compute("y"u8), 7);
        string[] paths = ["a", "d/b", "d/c", "e", "f/g"];
        var below = new ListOverlay([.. paths.Select(path => new TreeChange(DatasetPath.Parse(path).Value, other))]) { IsBelow = true };

        var all = new List<string>();
        await foreach (PathEntry one in OverlayListing.EnumerateAsync(tree, root, below, cancellationToken: Cancel))
        {
            all.Add(one.Path.Value + (one.Entry.Equals(other) ? " below" : ""));
        }

        Assert.Equal(["a", "d/b", "d/c below", "e", "f/g below"], all);
        Assert.Equal(["a", "d/", "e", "f/"], await NamesAsync(tree, root, below));
        Assert.Equal(
            [1L, 1L],
            (await OverlayListing.ListAsync(tree, root, below, new ListQuery { Delimited = true }, Cancel)).Items
                .Where(static item => item.Entry is not null).Select(static item => item.Entry!.Size));
    }

    private static async Task<List<string>> NamesAsync(Tree tree, TreeRoot root, ListOverlay overlay) =>
        [.. (await OverlayListing.ListAsync(tree, root, overlay, new ListQuery { Delimited = true }, Cancel)).Items.Select(item => item.Path)];

    private static TreeChange File(string path) => new(DatasetPath.Parse(path).Value, Entry.File(BlobHash.Compute("x"u8), 1));

    /// <summary>A head: some batches folded into the tree, the rest in the overlay, with needless removals among them.</summary>
    private static async Task<(NaiveTree Naive, TreeRoot Root, ListOverlay Overlay)> HeadAsync(
        Tree tree, MemoryPages pages, TreeChange[][] batches, int folded, int noise)
    {
        (NaiveTree before, TreeRoot root) = await TreePropertyTests.ReplayAsync(tree, batches.Take(folded), pages);
        (NaiveTree after, _) = await TreePropertyTests.ReplayAsync(tree, batches, pages);
        var random = new Random(noise);
        var rows = new Dictionary<DatasetPath, Entry?>();
        foreach (DatasetPath path in batches.SelectMany(b => b).Select(c => c.Path).Concat(before.Entries.Keys))
        {
            Entry? entry = after.Entries.GetValueOrDefault(path);
            if (!Equals(before.Entries.GetValueOrDefault(path), entry) || random.Next(4) == 0)
            {
                rows[path] = entry;
            }
        }

        return (after, root, new ListOverlay([.. rows.Select(row => new TreeChange(row.Key, row.Value))]));
    }

    /// <summary>An overlay in memory that keeps the contract to the letter.</summary>
    private sealed class ListOverlay(TreeChange[] rows) : IOverlaySource
    {
        public bool IsBelow { get; init; }

        public TreeChange[] Rows { get; } = [.. rows.OrderBy(row => row.Path)];

        public ValueTask<IReadOnlyList<TreeChange>> ReadAsync(string from, int limit, CancellationToken cancellationToken)
        {
            int low = 0, high = Rows.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = Utf8Order.Compare(Rows[middle].Path.Value, from) < 0 ? (middle + 1, high) : (low, middle);
            }

            return ValueTask.FromResult<IReadOnlyList<TreeChange>>([.. Rows.Skip(low).Take(limit)]);
        }
    }
}
