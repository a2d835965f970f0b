using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Reading;

/// <summary>A home that lies to a reader gets nowhere and is named, and nothing of a lie stays.</summary>
public sealed class LyingHomeReadTests(HonestHome honest) : IClassFixture<HonestHome>
{
    private static readonly byte[] Large = Copied.Bytes((9 << 20) + 1, 3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("page with another byte", "has the SHA-256")]
    [InlineData("page that was not asked for", "which was not asked for")]
    [InlineData("page larger than the history", "broke")]
    [InlineData("page left out", "did not send page")]
    [InlineData("pages that end early", "broke")]
    public async Task A_page_that_is_not_what_its_hash_says_is_read_by_nobody(string lie, string reason)
    {
        await using RemoteReader lying = RemoteReader.Of(honest, honest.Lying(lie));

        var refused = await Assert.ThrowsAsync<HutchException>(async () => await lying.Origin.ReadPageAsync(honest.Root, Ct));
        lying.Home = honest.Home;
        ReadOnlyMemory<byte> page = await lying.Origin.ReadPageAsync(honest.Root, Ct);

        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);
        Assert.Contains(reason, refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains(honest.Home.Name, refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(honest.Root, BlobHash.Of(page.Span));
    }

    [Theory]
    [InlineData("large file with another byte", "has the SHA-256")]
    [InlineData("large file that ends early", "after")]
    public async Task A_file_that_is_not_what_its_hash_says_is_had_whole_by_nobody(string lie, string reason)
    {
        await using RemoteReader lying = RemoteReader.Of(honest, honest.Lying(lie));

        var refused = await Assert.ThrowsAsync<HutchException>(() => lying.ReadAsync(Large));
        var again = await Assert.ThrowsAsync<HutchException>(() => lying.ReadAsync(Large));
        lying.Home = honest.Home;
        byte[] read = await lying.ReadAsync(Large);

        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);
        Assert.Contains(reason, refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains(honest.Home.Name, refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(refused.Error.Message, again.Error.Message);
        Assert.Equal(Large, read);
    }

    [Fact]
    public async Task Of_an_answer_that_never_ends_no_more_is_taken_than_the_page_says()
    {
        await using RemoteReader endless = RemoteReader.Of(honest, honest.Lying("large file that never ends"));

        Assert.Equal(Large, await endless.ReadAsync(Large));
    }

    [Fact]
    public async Task Readers_of_one_file_share_a_transfer_which_goes_on_when_one_goes_away()
    {
        int transfers = 0;
        await using RemoteReader counting = RemoteReader.Of(honest, new LyingHome(honest.Home)
        {
            OfPart = bytes =>
            {
                Interlocked.Increment(ref transfers);
                return new MemoryStream(bytes);
            },
        });
        using var away = new CancellationTokenSource();
        Task<byte[]> gone = counting.ReadAsync(Large, away.Token);

        await away.CancelAsync();
        byte[][] read = await Task.WhenAll(counting.ReadAsync(Large), counting.ReadAsync(Large));
        await Task.WhenAny(gone);

        Assert.All(read, static one => Assert.Equal(Large, one));
        Assert.Equal(1, transfers);
    }

    [Fact]
    public async Task A_file_that_no_tree_of_the_dataset_names_is_not_asked_for()
    {
        await using RemoteReader reading = RemoteReader.Of(honest, new LyingHome(honest.Home)
        {
            OfPart = static _ => throw new InvalidOperationException("It was asked for."),
        });

        Assert.Null(await reading.Origin.FindAsync(BlobHash.Of("another"u8), Ct));
    }

    [Fact]
    public async Task What_does_not_fit_into_the_cache_is_refused_in_words()
    {
        await using RemoteReader small = RemoteReader.Of(honest, honest.Home, cacheBytes: 12 << 20);

        var refused = await Assert.ThrowsAsync<HutchException>(() => small.ReadAsync(Large));

        Assert.Equal(ErrorCode.InsufficientStorage, refused.Error.Code);
        Assert.Contains("at most 6.29 MB", refused.Error.Message, StringComparison.Ordinal);
    }
}
