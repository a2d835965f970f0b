using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Blobs;
using Hutch.Site.Copies;

namespace Hutch.Site.Tests.Copies;

/// <summary>The keys of a dataset on their way to another site.</summary>
public sealed class KeyTreeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task Keys_are_read_again_as_they_were(int count)
    {
        HeldKey[] keys = [.. Enumerable.Range(0, count).Select(static i => Key($"MD5-s{i}--{i:x32}", i))];

        KeyTree tree = await KeyTree.OfAsync(keys, Ct);

        IReadOnlyList<HeldKey> read = (await KeyTree.ReadAsync(Over(tree.Pages), tree.Root, Ct)).Value;
        Assert.Equal(keys.OrderBy(static key => key.Name, StringComparer.Ordinal), read);
        Assert.Equal(tree.Root, (await KeyTree.OfAsync([.. keys.Reverse()], Ct)).Root);
    }

    [Fact]
    public async Task A_tree_with_directories_is_none_of_keys()
    {
        var pages = new PageSink();
        TreeRoot root = (await Over(pages.Pages).ApplyAsync(
            TreeRoot.Empty, [new TreeChange(DatasetPath.Parse("a/MD5-s1--b").Value, Entry.File(BlobHash.Of("x"u8), 1))], pages, Ct)).Value;

        HutchError refusal = (await KeyTree.ReadAsync(Over(pages.Pages), root, Ct)).Error!;

        Assert.Contains("'a/MD5-s1--b', which is none", refusal.Message, StringComparison.Ordinal);
    }

    private static HeldKey Key(string name, int i) => new(name, BlobHash.Of(BitConverter.GetBytes(i)), i);

    private static Tree Over(IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> pages) => new(new Kept(pages));

    private sealed class Kept(IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> pages) : IPageSource
    {
        public ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash hash, CancellationToken cancellationToken) => new(pages[hash]);
    }
}
