namespace Hutch.Model.Tests.Errors;

public sealed class RetryPolicyTests
{
    private static readonly RetryPolicy AtOnce = RetryPolicy.Every(TimeSpan.Zero, TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 200)]
    [InlineData(2, 400)]
    [InlineData(5, 3200)]
    [InlineData(6, 5000)]
    [InlineData(5000, 5000)]
    public void Delays_double_up_to_the_longest(int failures, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), new RetryPolicy().DelayAfter(failures));

    [Theory]
    [InlineData(0, 200)]
    [InlineData(0.5, 400)]
    [InlineData(0.75, 500)]
    public void Jitter_spreads_a_delay_from_half_to_one_and_a_half(double jitter, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), new RetryPolicy { Jitter = () => jitter }.DelayAfter(2));

    [Fact]
    public async Task An_action_that_fails_temporarily_is_retried_until_it_succeeds()
    {
        int attempts = 0;
        var failed = new List<string>();

        int done = await AtOnce.RunAsync(
            _ => ++attempts < 4 ? throw new IOException($"attempt {attempts}") : Task.FromResult(attempts),
            static e => e is IOException, e => failed.Add(e.Message), Ct);

        Assert.Equal(4, done);
        Assert.Equal(["attempt 1", "attempt 2", "attempt 3"], failed);
    }

    [Fact]
    public async Task The_last_attempt_throws_its_exception()
    {
        int attempts = 0;

        await Assert.ThrowsAsync<IOException>(() => (AtOnce with { MaxAttempts = 3 }).RunAsync<int>(
            _ => throw new IOException($"attempt {++attempts}"), static e => e is IOException, null, Ct));

        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task A_permanent_error_is_returned()
    {
        int attempts = 0;

        Result<int> refused = await AtOnce.RunAsync(
            _ => Task.FromResult<Result<int>>(++attempts < 3 ? ErrorCode.Unavailable.With("busy") : ErrorCode.Forbidden.With("no")),
            static error => error.Code == ErrorCode.Unavailable, null, Ct);

        Assert.Equal(ErrorCode.Forbidden, refused.Error?.Code);
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task A_cancelled_action_is_not_retried()
    {
        using var stop = new CancellationTokenSource();
        int attempts = 0;

        await Assert.ThrowsAsync<IOException>(() => AtOnce.RunAsync<int>(
            _ =>
            {
                attempts++;
                stop.Cancel();
                throw new IOException("cut off");
            },
            static _ => true, null, stop.Token));

        Assert.Equal(1, attempts);
    }
}
