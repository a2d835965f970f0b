using Hutch.Federation.Copies;
using Hutch.Federation.Reading;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Reading;

public sealed class HomeCircuitBreakerTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Peer _home = new();
    private readonly HomeCircuitBreaker _contact;

    public HomeCircuitBreakerTests() => _contact = new HomeCircuitBreaker(_time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _contact.Dispose();

    [Theory]
    [InlineData("not-found")]
    [InlineData("unprocessable")]
    [InlineData("unavailable")]
    public async Task A_home_that_refuses_one_dataset_is_asked_for_the_next(string code)
    {
        HutchError refusal = ErrorCode.All.Single(one => one.Name == code).With("Not this one.");

        HutchError? problem = await RequestAsync(home =>
        {
            _home.Answers++;
            return Task.FromResult<HutchError?>(refusal);
        });

        Assert.Equal(refusal, problem);
        Assert.Null(_contact.Away);
    }

    [Theory]
    [InlineData("unavailable")]
    [InlineData("unprocessable")]
    public async Task A_home_that_does_not_answer_is_left_alone_for_a_moment(string code)
    {
        HutchError silence = ErrorCode.All.Single(one => one.Name == code).With("Nobody is there.");

        HutchError? problem = await RequestAsync(_ => Task.FromResult<HutchError?>(silence));

        Assert.Equal(ErrorCode.Unavailable.With("Nobody is there."), problem);
        Assert.Equal(problem, _contact.Away);
        _time.Advance(HomeCircuitBreaker.AwayFor);
        Assert.Null(_contact.Away);
    }

    [Fact]
    public async Task Waiting_too_long_for_a_lock_fails_and_leaves_the_lock_free()
    {
        using var turn = new SemaphoreSlim(0, 1);
        Task<bool> waits = HomeCircuitBreaker.EnterAsync(turn, _time.GetTimestamp(), _time, Ct);

        _time.Advance(HomeCircuitBreaker.RequestTimeout);

        Assert.False(await waits);
        turn.Release();
        Assert.True(await HomeCircuitBreaker.EnterAsync(turn, _time.GetTimestamp(), _time, Ct));
    }

    [Fact]
    public async Task A_home_whose_answer_breaks_off_is_left_alone_for_a_moment()
    {
        HutchError? problem = await RequestAsync(_ =>
        {
            _home.Answers++;
            throw new IOException("nothing came for 10 s");
        });

        Assert.Equal("The connection to it broke: nothing came for 10 s.", problem?.Message);
        Assert.Equal(problem, _contact.Away);
    }

    [Fact]
    public async Task A_history_that_takes_long_and_keeps_coming_is_waited_for()
    {
        HutchError? problem = await RequestAsync(_ =>
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            return Task.FromResult<HutchError?>(null);
        });

        Assert.Null(problem);
        Assert.Null(_contact.Away);
    }

    [Fact]
    public async Task Only_few_histories_are_requested_concurrently_and_waiting_requests_fail_when_the_home_goes_away()
    {
        var answer = new TaskCompletionSource<HutchError?>();
        int asked = 0;
        Task<HutchError?>[] readers =
        [
            .. Enumerable.Range(0, 3 * HomeCircuitBreaker.MaxAtOnce).Select(_ => RequestAsync(
                async _ =>
                {
                    Interlocked.Increment(ref asked);
                    return await answer.Task;
                })),
        ];

        int atOnce = asked;
        answer.SetResult(ErrorCode.Unavailable.With("Nobody is there."));
        HutchError?[] told = await Task.WhenAll(readers);

        Assert.Equal(HomeCircuitBreaker.MaxAtOnce, atOnce);
        Assert.Equal(HomeCircuitBreaker.MaxAtOnce, asked);
        Assert.All(told, static one => Assert.Equal("Nobody is there.", one?.Message));
    }

    [Fact]
    public async Task A_request_that_waits_too_long_for_other_histories_fails_with_the_reason_and_the_next_succeeds()
    {
        var answer = new TaskCompletionSource<HutchError?>();
        Task<HutchError?>[] large = [.. Enumerable.Range(0, HomeCircuitBreaker.MaxAtOnce).Select(_ => RequestAsync(_ => answer.Task))];
        long since = _time.GetTimestamp();
        Task<HutchError?> waiting = _contact.RequestAsync(Find, static _ => Task.FromResult<HutchError?>(null), since, Ct);

        _time.Advance(HomeCircuitBreaker.RequestTimeout - TimeSpan.FromSeconds(1));
        bool waits = !waiting.IsCompleted;
        _time.Advance(TimeSpan.FromSeconds(1));
        HutchError? told = await waiting;
        HutchError? late = await _contact.RequestAsync(Find, static _ => Task.FromResult<HutchError?>(null), since, Ct);
        answer.SetResult(null);
        await Task.WhenAll(large);

        Assert.True(waits);
        Assert.Equal(ErrorCode.Unavailable.With("It is sending the histories of 4 other datasets. Try again."), told);
        Assert.Equal(told, late);
        Assert.Null(_contact.Away);
        Assert.Null(await _contact.RequestAsync(Find, static _ => Task.FromResult<HutchError?>(null), since, Ct));
    }

    private Task<HutchError?> RequestAsync(Func<IHomePeer, Task<HutchError?>> ask) =>
        _contact.RequestAsync(Find, ask, _time.GetTimestamp(), Ct);

    private Task<Result<IHomePeer>> Find() => Task.FromResult(Result<IHomePeer>.Ok(_home));

    private sealed class Peer : IHomePeer
    {
        public string Name => "home";

        public BlobHash Key => default;

        public long Answers { get; set; }

        public Task<Result<OfferedHistory?>> HistoryAsync(DatasetId dataset, BlobHash? known, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Result<Stream>> PagesAsync(DatasetId dataset, IReadOnlyList<BlobHash> pages, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Result<Stream>> BlobsAsync(DatasetId dataset, IReadOnlyList<PageBlobs> pages, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Result<Stream>> PartAsync(
            DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Result<Stream>> HashesAsync(
            DatasetId dataset, BlobHash page, BlobHash blob, long offset, long until, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Result<Stream>> ExtentsAsync(DatasetId dataset, BlobHash page, BlobHash blob, long offset, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Result<UnhashedAnswer>> UnhashedAsync(DatasetId dataset, string? after, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Result<Stream>> UnhashedPartAsync(
            DatasetId dataset, string path, BlobHash version, long offset, long until, CancellationToken ct) =>
            throw new NotSupportedException();
    }
}
