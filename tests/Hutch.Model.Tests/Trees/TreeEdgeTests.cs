using System.Collections.Immutable;

namespace Hutch.Model.Tests.Trees;

public sealed class TreeEdgeTests
{
    private readonly MemoryPages _pages = new();
    private readonly Tree _tree;

    public TreeEdgeTests() => _tree = new Tree(_pages);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_and_a_directory_of_one_name_clash_whichever_comes_first()
    {
        TreeRoot file = await SetAsync(TreeRoot.Empty, "a", File());
        TreeRoot directory = await SetAsync(TreeRoot.Empty, "a/b/c", File());

        Result<TreeRoot>[] clashes =
        [
            await _tree.ApplyAsync(file, [Change("a/b", File())], _pages, Cancel),
            await _tree.ApplyAsync(directory, [Change("a", File())], _pages, Cancel),
            await _tree.ApplyAsync(directory, [Change("a", Entry.Link("x"))], _pages, Cancel),
            await _tree.ApplyAsync(TreeRoot.Empty, [Change("a", File()), Change("a/b/c", File())], _pages, Cancel),
        ];

        Assert.All(clashes, clash => Assert.Equal(ErrorCode.PathConflict, clash.Error?.Code));
        Assert.Equal("'a' would be both a file and a directory: there are entries below it. Remove or rename one of the two.", clashes[0].Error?.Message);
        Assert.Equal("a/b", (await _tree.ApplyAsync(directory, [Change("a/b", File())], _pages, Cancel)).Error?.Details?["path"]);
    }

    [Fact]
    public async Task A_file_and_a_directory_of_one_name_may_change_places_in_one_go()
    {
        TreeRoot file = await SetAsync(TreeRoot.Empty, "a", File());
        TreeRoot directory = await SetAsync(TreeRoot.Empty, "a/b", File());

        Assert.Equal(directory, (await _tree.ApplyAsync(file, [Change("a/b", File()), Change("a", null)], _pages, Cancel)).Value);
        Assert.Equal(file, (await _tree.ApplyAsync(directory, [Change("a/b", null), Change("a", File())], _pages, Cancel)).Value);
    }

    [Fact]
    public async Task An_empty_directory_is_replaced_by_its_first_file_and_does_not_return()
    {
        TreeRoot empty = await SetAsync(TreeRoot.Empty, "a", Entry.Directory());

        TreeRoot filled = await SetAsync(empty, "a/b", File());

        Assert.Equal(await SetAsync(TreeRoot.Empty, "a/b", File()), filled);
        Assert.Equal(filled, await SetAsync(filled, "a", Entry.Directory()));
        Assert.Equal(TreeRoot.Empty, await SetAsync(filled, "a/b", null));
    }

    [Fact]
    public async Task A_difference_is_noticed_in_everything_that_an_entry_says()
    {
        Entry entry = File() with { ModifiedNanoseconds = 1, ContentType = "text/plain", UserMetadata = ImmutableSortedDictionary<string, string>.Empty.Add("a", "1") };
        Entry[] others =
        [
            entry with { Executable = true },
            entry with { ModifiedNanoseconds = 2 },
            entry with { ContentType = "text/html" },
            entry with { UserMetadata = entry.UserMetadata.SetItem("a", "2") },
            entry with { UserMetadata = entry.UserMetadata.Add("b", "2") },
            entry with { UserMetadata = null },
        ];
        TreeRoot before = await SetAsync(await SetAsync(TreeRoot.Empty, "same", File()), "a", entry);

        foreach (Entry other in others)
        {
            TreeRoot after = await SetAsync(before, "a", other);
            TreeDifference difference = await _tree.DiffAsync(before, after, Cancel).SingleAsync(Cancel);
            Assert.Equal(("a", entry, other), (difference.Path.Value, difference.Before!, difference.After!));
            Assert.NotEqual(entry, other);
        }
    }

    [Fact]
    public async Task A_path_named_twice_is_the_callers_mistake()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _tree.ApplyAsync(TreeRoot.Empty, [Change("a", File()), Change("a", null)], _pages, Cancel));
    }

    [Fact]
    public async Task An_entry_that_breaks_a_rule_is_refused_and_so_are_sizes_that_no_sum_can_hold()
    {
        Assert.Equal(ErrorCode.InvalidBody, (await _tree.ApplyAsync(TreeRoot.Empty, [Change("a", Entry.Link(""))], _pages, Cancel)).Error?.Code);
        Assert.Equal(
            "The sizes of the files together do not fit into 63 bits.",
            (await _tree.ApplyAsync(TreeRoot.Empty, [Change("a", File(long.MaxValue)), Change("b", File(1))], _pages, Cancel)).Error?.Message);
    }

    [Fact]
    public async Task Nothing_changed_writes_nothing()
    {
        TreeRoot root = await SetAsync(TreeRoot.Empty, "a/b", File());
        _pages.Writes = 0;

        Assert.Equal(root, (await _tree.ApplyAsync(root, [], _pages, Cancel)).Value);
        Assert.Equal(root, await SetAsync(root, "a/b", File()));
        Assert.Equal(root, await SetAsync(root, "no/such", null));
        Assert.Equal(root, await SetAsync(root, "a", null));
        Assert.Equal(0, _pages.Writes);
    }

    [Fact]
    public async Task The_deepest_path_there_can_be_is_kept_found_listed_and_compared()
    {
        string deep = string.Join('/', Enumerable.Repeat("a", 512));
        TreeRoot root = await SetAsync(TreeRoot.Empty, deep, File());

        Assert.Equal(File(), await _tree.FindAsync(root, DatasetPath.Parse(deep).Value, Cancel));
        Assert.Equal(deep, (await _tree.EnumerateAsync(root, cancellationToken: Cancel).SingleAsync(Cancel)).Path.Value);
        Assert.Equal(deep, (await _tree.DiffAsync(TreeRoot.Empty, root, Cancel).SingleAsync(Cancel)).Path.Value);
        Assert.Equal(TreeRoot.Empty, await SetAsync(root, deep, null));
    }

    [Fact]
    public async Task A_tree_deeper_than_any_path_is_damage()
    {
        TreeRoot root = await SetAsync(TreeRoot.Empty, string.Join('/', Enumerable.Repeat("a", 512)), File());
        for (int i = 0; i < 3; i++)
        {
            var builder = new PageBuilder(0, PageLimits.Standard);
            builder.Add("a/"u8, PageItemKind.Directory, root);
            BuiltPage page = builder.Finish();
            _pages.Put(page.Bytes);
            root = page.Root;
        }

        Assert.Equal(ErrorCode.Quarantined, (await Assert.ThrowsAsync<HutchException>(async () => await _tree.EnumerateAsync(root, cancellationToken: Cancel).CountAsync(Cancel))).Error.Code);
        Assert.Equal(ErrorCode.Quarantined, (await Assert.ThrowsAsync<HutchException>(async () => await _tree.DiffAsync(TreeRoot.Empty, root, Cancel).CountAsync(Cancel))).Error.Code);
    }

    [Fact]
    public async Task A_prefix_is_normalised_as_paths_are()
    {
        TreeRoot root = await SetAsync(TreeRoot.Empty, "\u00e9t\u00e9/a", File());

        Listing listing = await _tree.ListAsync(root, new ListQuery { Prefix = "e\u0301te\u0301/", After = "e\u0301" }, Cancel);

        Assert.Equal("\u00e9t\u00e9/a", Assert.Single(listing.Items).Path);
    }

    [Fact]
    public async Task A_limit_outside_its_bounds_is_the_callers_mistake()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _tree.ListAsync(TreeRoot.Empty, new ListQuery { Limit = 0 }, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _tree.ListAsync(TreeRoot.Empty, new ListQuery { Limit = 10_001 }, Cancel));
    }

    [Fact]
    public async Task The_cache_keeps_within_its_bound_and_saves_reads()
    {
        var cache = new PageCache(400_000);
        var tree = new Tree(_pages, cache);
        TreeChange[] files = [.. Enumerable.Range(0, 20_000).Select(i => Change($"{i:d5}", File(i)))];
        TreeRoot root = (await tree.ApplyAsync(TreeRoot.Empty, files, _pages, Cancel)).Value;

        Assert.Equal(20_000, await tree.EnumerateAsync(root, cancellationToken: Cancel).CountAsync(Cancel));
        Assert.InRange(cache.SizeBytes, 1, 400_000);
        await tree.FindAsync(root, files[^1].Path, Cancel);
        _pages.Reads = 0;
        await tree.FindAsync(root, files[^1].Path, Cancel);
        Assert.Equal(0, _pages.Reads);
    }

    private static Entry File(long size = 1) => Entry.File(BlobHash.Compute("x"u8), size);

    private static TreeChange Change(string path, Entry? entry) => new(DatasetPath.Parse(path).Value, entry);

    private async Task<TreeRoot> SetAsync(TreeRoot root, string path, Entry? entry) =>
        (await _tree.ApplyAsync(root, [Change(path, entry)], _pages, Cancel)).Value;
}
