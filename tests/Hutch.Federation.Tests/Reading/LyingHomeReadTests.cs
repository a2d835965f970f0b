using Hutch.Federation.Keys;
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
    public async Task A_page_that_does_not_match_its_hash_is_refused(string lie, string reason)
    {
        await using RemoteReader lying = RemoteReader.From(honest, honest.Lying(lie));

        var refused = await Assert.ThrowsAsync<HutchException>(async () => await lying.Origin.ReadPageAsync(honest.Root, Ct));
        lying.Home = honest.Home;
        ReadOnlyMemory<byte> page = await lying.Origin.ReadPageAsync(honest.Root, Ct);

        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);
        Assert.Contains(reason, refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains(honest.Home.Name, refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(honest.Root, BlobHash.Compute(page.Span));
    }

    [Theory]
    [InlineData("large file with another byte", "has the SHA-256")]
    [InlineData("large file that ends early", "after")]
    public async Task No_read_of_a_file_that_does_not_match_its_hash_completes(string lie, string reason)
    {
        await using RemoteReader lying = RemoteReader.From(honest, honest.Lying(lie));

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

    [Theory]
    [InlineData("part with another byte", "which it has not signed")]
    [InlineData("part that another key has signed", "which it has not signed")]
    [InlineData("signed parts that end early", "after")]
    public async Task A_part_of_a_file_without_the_signature_of_its_home_is_refused(string lie, string reason)
    {
        await using RemoteReader lying = RemoteReader.From(honest, honest.Lying(lie));

        var refused = await Assert.ThrowsAsync<HutchException>(() => lying.ReadFirstAsync(Large));
        lying.Home = honest.Home;
        byte[] read = await lying.ReadAsync(Large);

        Assert.Equal(ErrorCode.Unavailable, refused.Error.Code);
        Assert.Contains(reason, refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains(honest.Home.Name, refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(Large, read);
    }

    [Fact]
    public async Task A_home_that_signs_parts_of_another_file_is_named_and_the_read_fails()
    {
        var rest = new TaskCompletionSource();
        await using RemoteReader lying = RemoteReader.From(honest, new LyingHome(honest.Lying("part of another file"))
        {
            OfExtents = bytes => new HeldUpStream(bytes, ExtentStatement.ExtentBytes + ExtentStatement.TrailerBytes, rest.Task),
        });

        await lying.ReadFirstAsync(Large);
        Task<byte[]> all = lying.ReadAsync(Large);
        rest.SetResult();
        var refused = await Assert.ThrowsAsync<HutchException>(() => all);
        lying.Home = honest.Home;

        Assert.Contains("has the SHA-256", refused.Error.Message, StringComparison.Ordinal);
        Assert.Contains(honest.Home.Name, refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(Large, await lying.ReadAsync(Large));
    }

    [Fact]
    public async Task The_first_bytes_of_a_large_file_are_read_before_the_last_have_come_and_the_last_when_all_are_right()
    {
        var rest = new TaskCompletionSource();
        await using RemoteReader reading = RemoteReader.From(honest, new LyingHome(honest.Home)
        {
            OfExtents = bytes => new HeldUpStream(bytes, ExtentStatement.ExtentBytes + ExtentStatement.TrailerBytes, rest.Task),
        });

        byte[] first = await reading.ReadFirstAsync(Large);
        Task<byte[]> all = reading.ReadAsync(Large);
        bool isEarly = all.IsCompleted;
        rest.SetResult();

        Assert.Equal(Large[..first.Length], first);
        Assert.False(isEarly);
        Assert.Equal(Large, await all);
    }

    [Fact]
    public async Task Where_a_connection_breaks_within_a_part_that_part_comes_again()
    {
        int asked = 0;
        await using RemoteReader reading = RemoteReader.From(honest, new LyingHome(honest.Home)
        {
            OfExtents = bytes => new MemoryStream(++asked == 1 ? bytes[..(ExtentStatement.ExtentBytes + (700 << 10))] : bytes),
        });

        Assert.Equal(Large, await reading.ReadAsync(Large));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Where_a_connection_breaks_within_the_first_part_a_home_that_signs_none_sends_all_again()
    {
        RemoteReader? reader = null;
        await using RemoteReader reading = RemoteReader.From(honest, new LyingHome(honest.Home)
        {
            OfExtents = bytes =>
            {
                reader!.Home = new LyingHome(honest.Home);
                return new MemoryStream(bytes[..(700 << 10)]);
            },
        });
        reader = reading;

        Assert.Equal(Large, await reading.ReadAsync(Large));
    }

    [Fact]
    public async Task Of_an_answer_that_never_ends_no_more_is_taken_than_the_page_says()
    {
        await using RemoteReader endless = RemoteReader.From(honest, honest.Lying("large file that never ends"));

        Assert.Equal(Large, await endless.ReadAsync(Large));
    }

    [Fact]
    public async Task Readers_of_one_file_share_a_transfer_that_continues_when_one_reader_leaves()
    {
        int transfers = 0;
        await using RemoteReader counting = RemoteReader.From(honest, new LyingHome(honest.Home)
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
        await using RemoteReader reading = RemoteReader.From(honest, new LyingHome(honest.Home)
        {
            OfPart = static _ => throw new InvalidOperationException("It was asked for."),
        });

        Assert.Null(await reading.Origin.FindAsync(BlobHash.Compute("another"u8), Ct));
    }

    [Fact]
    public async Task What_does_not_fit_into_the_cache_is_refused_in_words()
    {
        await using RemoteReader small = RemoteReader.From(honest, honest.Home, cacheBytes: 12 << 20);

        var refused = await Assert.ThrowsAsync<HutchException>(() => small.ReadAsync(Large));

        Assert.Equal(ErrorCode.InsufficientStorage, refused.Error.Code);
        Assert.Contains("at most 6.29 MB", refused.Error.Message, StringComparison.Ordinal);
    }
}
