using Hutch.Mount.Trees;

namespace Hutch.Mount.Tests.Trees;

/// <summary>A listing that is read while its pages arrive.</summary>
public sealed class GrowingListingTests
{
    private readonly FolderListing.Builder _builder = new();
    private readonly GrowingListing _listing = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Known_names_are_read_before_the_others_arrive()
    {
        _listing.Grow(Page("a", "b"));

        Assert.Equal(2, (await _listing.ReadAsync(1, Ct)).Count);
    }

    [Fact]
    public async Task A_reader_waits_for_its_name_and_gets_all_that_are_known_then()
    {
        _listing.Grow(Page("a"));
        Task<FolderListing> read = _listing.ReadAsync(2, Ct).AsTask();

        _listing.Grow(Page("b"));
        Assert.False(read.IsCompleted);
        _listing.Grow(Page("c", "d"));

        Assert.Equal("abcd", NamesOf(await read));
    }

    [Fact]
    public async Task A_reader_behind_the_last_name_waits_for_the_end()
    {
        _listing.Grow(Page("a"));
        Task<FolderListing> read = _listing.ReadAsync(1, Ct).AsTask();

        _listing.End(Page());

        Assert.Equal("a", NamesOf(await read));
    }

    [Fact]
    public async Task After_a_failure_the_known_names_are_read_and_no_end_is_shown()
    {
        _listing.Grow(Page("a"));
        Task<FolderListing> waiting = _listing.ReadAsync(1, Ct).AsTask();

        _listing.Fail(new IOException("The server is gone."));

        Assert.Equal("a", NamesOf(await _listing.ReadAsync(0, Ct)));
        await Assert.ThrowsAsync<IOException>(() => waiting);
        await Assert.ThrowsAsync<IOException>(() => _listing.ReadAsync(1, Ct).AsTask());
    }

    [Fact]
    public async Task A_listing_that_was_read_stays_as_it_was()
    {
        _listing.Grow(Page("a"));
        FolderListing first = await _listing.ReadAsync(0, Ct);

        _listing.Grow(Page([.. Enumerable.Range(0, 1000).Select(static i => $"name-{i}")]));

        Assert.Equal("a", NamesOf(first));
        Assert.Null(first.Find("name-0"));
        Assert.NotNull((await _listing.ReadAsync(0, Ct)).Find("name-999"));
    }

    private FolderListing Page(params string[] names)
    {
        foreach (string name in names)
        {
            _builder.Add(name, EntryFacts.Folder);
        }

        return _builder.Build();
    }

    private static string NamesOf(FolderListing listing) => string.Concat(
        Enumerable.Range(0, listing.Count).Select(i => System.Text.Encoding.UTF8.GetString(listing.NameOf(i))));
}
