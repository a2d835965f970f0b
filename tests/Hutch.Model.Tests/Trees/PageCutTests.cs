namespace Hutch.Model.Tests.Trees;

/// <summary>Where pages are cut, when the names are as bad as can be.</summary>
public sealed class PageCutTests
{
    private static readonly PageLimits Small = new(2, 4, 1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Families => ["numbers", "never cut", "always cut", "prefixes of each other", "around the slash", "directories"];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Adding_removing_or_changing_any_single_entry_gives_the_pages_of_a_fresh_build(string family)
    {
        TreeChange[] all = Family(family, 150);
        var pages = new MemoryPages();
        var tree = new Tree(pages, null, Small);
        TreeRoot full = (await tree.ApplyAsync(TreeRoot.Empty, all, pages, Cancel)).Value;
        for (int i = 0; i < all.Length; i++)
        {
            TreeChange[] without = [.. all[..i], .. all[(i + 1)..]];
            TreeRoot fresh = (await tree.ApplyAsync(TreeRoot.Empty, without, new MemoryPages(), Cancel)).Value;

            TreeRoot removed = (await tree.ApplyAsync(full, [all[i] with { Entry = null }], pages, Cancel)).Value;
            TreeRoot added = (await tree.ApplyAsync(removed, [all[i]], pages, Cancel)).Value;
            TreeRoot changed = (await tree.ApplyAsync(full, [all[i] with { Entry = Entry.Link("x") }], pages, Cancel)).Value;
            TreeRoot changedBack = (await tree.ApplyAsync(changed, [all[i]], pages, Cancel)).Value;

            Assert.Equal(fresh, removed);
            Assert.Equal(full, added);
            Assert.NotEqual(full, changed);
            Assert.Equal(full, changedBack);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Any_end_and_any_beginning_may_go_and_come_back(string family)
    {
        TreeChange[] all = Family(family, 120);
        var pages = new MemoryPages();
        var tree = new Tree(pages, null, Small);
        TreeRoot full = (await tree.ApplyAsync(TreeRoot.Empty, all, pages, Cancel)).Value;
        for (int i = 0; i <= all.Length; i++)
        {
            TreeRoot start = (await tree.ApplyAsync(TreeRoot.Empty, all[..i], pages, Cancel)).Value;
            TreeRoot end = (await tree.ApplyAsync(TreeRoot.Empty, all[i..], pages, Cancel)).Value;

            Assert.Equal(start, (await tree.ApplyAsync(full, Removals(all[i..]), pages, Cancel)).Value);
            Assert.Equal(end, (await tree.ApplyAsync(full, Removals(all[..i]), pages, Cancel)).Value);
            Assert.Equal(full, (await tree.ApplyAsync(start, all[i..], pages, Cancel)).Value);
            Assert.Equal(full, (await tree.ApplyAsync(end, all[..i], pages, Cancel)).Value);
        }
    }

    [Theory]
    [InlineData("never cut", 1024)]
    [InlineData("always cut", 64)]
    public async Task Pages_have_64_to_1024_entries_whatever_the_names(string family, int expected)
    {
        var pages = new MemoryPages();
        var tree = new Tree(pages);
        await tree.ApplyAsync(TreeRoot.Empty, Family(family, 5000), pages, Cancel);

        List<TreePage> leaves = [.. pages.All.Values.Select(bytes => TreePage.Parse(bytes).Value).Where(page => page.Level == 0).OrderBy(page => page.Count)];

        Assert.All(leaves.Skip(1), leaf => Assert.Equal(expected, leaf.Count));
        Assert.Equal(5000 % expected, leaves[0].Count % expected);
    }

    [Fact]
    public async Task Random_edits_of_a_directory_with_real_limits_give_the_pages_of_a_fresh_build()
    {
        var random = new Random(20_261_120);
        var pages = new MemoryPages();
        var tree = new Tree(pages);
        TreeChange[] all = Family("numbers", 40_000);
        var present = new SortedDictionary<DatasetPath, TreeChange>();
        TreeRoot root = TreeRoot.Empty;
        for (int round = 0; round < 30; round++)
        {
            int start = random.Next(all.Length), length = random.Next(1, round % 3 == 0 ? 20_000 : 300);
            bool removes = random.Next(3) == 0;
            TreeChange[] batch = [.. all.Skip(start).Take(length).Where(_ => random.Next(3) > 0).Select(c => removes ? c with { Entry = null } : c)];
            root = (await tree.ApplyAsync(root, batch, pages, Cancel)).Value;
            foreach (TreeChange change in batch)
            {
                present.Remove(change.Path);
                if (change.Entry is not null)
                {
                    present[change.Path] = change;
                }
            }

            Assert.Equal((await tree.ApplyAsync(TreeRoot.Empty, [.. present.Values], new MemoryPages(), Cancel)).Value, root);
        }
    }

    private static TreeChange[] Removals(TreeChange[] changes) => [.. changes.Select(change => change with { Entry = null })];

    private static TreeChange[] Family(string family, int count)
    {
        IEnumerable<string> numbers = Enumerable.Range(0, int.MaxValue).Select(i => $"{i:d7}");
        IEnumerable<string> names = family switch
        {
            "numbers" => numbers,
            "never cut" => numbers.Where(name => (NameHash.Compute(System.Text.Encoding.UTF8.GetBytes(name)) & 0xff) == 0xff),
            "always cut" => numbers.Where(name => (NameHash.Compute(System.Text.Encoding.UTF8.GetBytes(name)) & 0xff) == 0),
            "prefixes of each other" => Enumerable.Range(1, 900).Select(i => new string('a', i)),
            "around the slash" => Enumerable.Range(0, 200).SelectMany(i => new[] { $"n{i:d3}-", $"n{i:d3}.", $"n{i:d3}/a", $"n{i:d3}0", $"n{i:d3}\u0001" }),
            _ => Enumerable.Range(0, 300).Select(i => $"d{i % 17}/e{i % 5}/{i}"),
        };
        return [.. names.Take(count).Select((name, i) => new TreeChange(DatasetPath.Parse(name).Value, Entry.File(BlobHash.Compute("x"u8), i))).OrderBy(c => c.Path)];
    }
}
