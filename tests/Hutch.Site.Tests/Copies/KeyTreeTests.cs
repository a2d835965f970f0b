using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Replication.Copies;

namespace Hutch.Site.Tests.Copies;

/// <summary>The keys of a dataset on their way to another site.</summary>
public sealed class KeyTreeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task All_keys_are_new_where_there_are_none(int count)
    {
        StoredKey[] keys = Keys(count);

        KeyTree tree = await KeyTree.OfAsync(keys, Ct);

        IReadOnlyList<StoredKey> found = (await KeyTree.Empty.FindNewAsync(new Kept(tree.Pages), tree.Root, Ct)).Value;
        Assert.Equal(keys.OrderBy(static key => key.Name, StringComparer.Ordinal), found);
        Assert.Equal(tree.Root, (await KeyTree.OfAsync([.. keys.Reverse()], Ct)).Root);
    }

    [Fact]
    public async Task Only_keys_that_came_are_new_and_none_that_the_home_gave_up_is_missed()
    {
        StoredKey[] keys = Keys(3000);
        KeyTree here = await KeyTree.OfAsync(keys[..2000], Ct);
        KeyTree there = await KeyTree.OfAsync(keys[1000..], Ct);

        IReadOnlyList<StoredKey> found = (await here.FindNewAsync(new Kept(there.Pages), there.Root, Ct)).Value;

        Assert.Equal(keys[2000..].OrderBy(static key => key.Name, StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task A_key_that_is_other_content_here_is_refused()
    {
        KeyTree here = await KeyTree.OfAsync([Key("MD5-s1--b", 1)], Ct);
        KeyTree there = await KeyTree.OfAsync([Key("MD5-s1--b", 2)], Ct);

        HutchError refusal = (await here.FindNewAsync(new Kept(there.Pages), there.Root, Ct)).Error!;

        Assert.Contains("'MD5-s1--b', which is other content here", refusal.Message, StringComparison.Ordinal);
    }

    private static StoredKey[] Keys(int count) => [.. Enumerable.Range(0, count).Select(static i => Key($"MD5-s{i}--{i:x32}", i))];

    private static StoredKey Key(string name, int i) => new(name, BlobHash.Compute(BitConverter.GetBytes(i)), i);

    private sealed class Kept(IReadOnlyDictionary<BlobHash, ReadOnlyMemory<byte>> pages) : IPageSource
    {
        public ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash hash, CancellationToken cancellationToken) => new(pages[hash]);
    }
}
