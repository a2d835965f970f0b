using Hutch.Dav;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.Api.Tests.Dav;

/// <summary>The table of locks by itself.</summary>
public sealed class DavLocksTests
{
    private static readonly DatasetId Dataset = new(Guid.NewGuid());

    private readonly ManualTime _time = new();
    private readonly DavLocks _locks;

    public DavLocksTests() => _locks = new DavLocks(_time);

    [Fact]
    public void A_lock_ends_after_the_time_that_was_asked_for_and_after_an_hour_at_the_latest()
    {
        Assert.True(_locks.Take(Of("a", "ada"), TimeSpan.FromSeconds(10)).IsTaken);
        Assert.True(_locks.Take(Of("b", "ada"), TimeSpan.FromDays(1)).IsTaken);

        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null(_locks.Find(Dataset, "a"));
        Assert.NotNull(_locks.Refresh(Dataset, "b", "ada", new HashSet<string> { "b" }, null));
        Assert.Null(_locks.Refresh(Dataset, "b", "bob", new HashSet<string> { "b" }, null));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(_locks.Find(Dataset, "b"));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(_locks.Take(Of("b", "bob"), null).IsTaken);
    }

    [Fact]
    public void The_locks_of_an_account_and_of_all_are_limited_and_ended_ones_do_not_count()
    {
        for (int user = 0; user < 10; user++)
        {
            for (int i = 0; i < 1000; i++)
            {
                Assert.True(_locks.Take(Of($"{user}/{i}", $"user-{user}"), null).IsTaken);
            }

            Assert.Throws<HutchException>(() => _locks.Take(Of("one more", $"user-{user}"), null));
        }

        Assert.Throws<HutchException>(() => _locks.Take(Of("one more", "ada"), null));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.True(_locks.Take(Of("one more", "user-0"), null).IsTaken);
    }

    [Fact]
    public void A_folder_with_a_locked_file_is_not_locked_or_changed_as_a_whole()
    {
        _locks.Take(Of("a/b/c", "ada"), null);

        Assert.False(_locks.Take(Of("a", "ada", isDeep: true), null).IsTaken);
        Assert.True(_locks.Take(Of("a", "ada"), null).IsTaken);
        Assert.NotNull(Blocking("a/b", isDeep: true));
        Assert.Null(Blocking("a/b"));
        Assert.Null(Blocking("a/b/cc"));
        Assert.NotNull(Blocking("", isDeep: true));
        _locks.Forget(Dataset, "a/b");
        Assert.Null(Blocking("a/b", isDeep: true));

        DavLock? Blocking(string path, bool isDeep = false) =>
            _locks.FindBlocking(Dataset, new DavChange(path, isDeep, false), "bob", new HashSet<string>());
    }

    [Theory]
    [InlineData("(<t> [\"e\"])", true)]
    [InlineData("(<x>)(Not <DAV:no-lock>)", true)]
    [InlineData("(Not <t>)", false)]
    [InlineData("(<t> Not [\"e\"])", false)]
    [InlineData("([W/\"e\"])", true)]
    [InlineData("</other> (<t>)", false)]
    [InlineData("</other> (Not <t>) </third> (<x>)", true)]
    public async Task The_header_holds_if_one_of_its_lists_does(string header, bool holds)
    {
        DavIf condition = DavIf.Read(header);

        Assert.Equal(holds, await condition.HoldsAsync(
            (resource, _) => Task.FromResult(resource is null ? new DavState("t", "\"e\"") : new DavState(null, null)),
            TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("()")]
    [InlineData("(<t>")]
    [InlineData("(<t")]
    [InlineData("t")]
    [InlineData("</x>")]
    [InlineData("(Not)")]
    public void A_header_that_cannot_be_read_is_refused(string header) => Assert.Throws<HutchException>(() => DavIf.Read(header));

    [Fact]
    public void A_header_with_too_many_conditions_is_refused() =>
        Assert.Throws<HutchException>(() => DavIf.Read(string.Concat(Enumerable.Repeat("(<t>)", 101))));

    private static DavLock Of(string path, string user, bool isDeep = false) => new(path, Dataset, path, isDeep, user, null);
}
