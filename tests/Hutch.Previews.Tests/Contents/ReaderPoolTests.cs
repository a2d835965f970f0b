using Hutch.Formats.Hdf5;
using Hutch.Model;
using Hutch.Previews.Contents;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Previews.Tests.Contents;

/// <summary>Who gets which reader. No process is started: that happens with the first question.</summary>
public sealed class ReaderPoolTests
{
    private static readonly ReaderCommand Command = new("/bin/false", []);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_waits_too_long_for_a_reader_fails_with_advice_to_retry()
    {
        await using var pool = new ReaderPool(Command, new FileReaderOptions { Readers = 1, WaitSeconds = 1 }, TimeProvider.System);
        await using ReaderPool.Lease first = (await pool.RentAsync(new DatasetId(Guid.NewGuid()), Ct)).Value;

        Result<ReaderPool.Lease> second = await pool.RentAsync(new DatasetId(Guid.NewGuid()), Ct);

        Assert.Equal((ErrorCode.Unavailable, "All 1 readers of files were busy for 1 s. Try again in a moment."), (second.Error!.Code, second.Error.Message));
    }

    [Fact]
    public async Task A_freed_reader_slot_goes_to_the_waiting_request()
    {
        await using var pool = new ReaderPool(Command, new FileReaderOptions { Readers = 1 }, TimeProvider.System);
        ReaderPool.Lease first = (await pool.RentAsync(new DatasetId(Guid.NewGuid()), Ct)).Value;
        Task<Result<ReaderPool.Lease>> second = pool.RentAsync(new DatasetId(Guid.NewGuid()), Ct);
        bool wasWaiting = !second.IsCompleted;

        await first.DisposeAsync();

        await using ReaderPool.Lease lease = (await second).Value;
        Assert.True(wasWaiting);
        Assert.NotSame(first.Process, lease.Process);
    }

    [Fact]
    public async Task A_quarter_of_the_readers_stays_free_of_any_one_user()
    {
        var users = new ActiveRequests(TimeProvider.System, 0);
        await using var pool = new ReaderPool(Command, new FileReaderOptions { Readers = 4, WaitSeconds = 1 }, TimeProvider.System);
        Result<ReaderPool.Lease>[] taken;
        using (users.Begin("mallory", RequestClass.Interactive, "api", "contents"))
        {
            taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pool.RentAsync(new DatasetId(Guid.NewGuid()), Ct)));
        }

        using (users.Begin("ada", RequestClass.Interactive, "api", "contents"))
        {
            await using ReaderPool.Lease other = (await pool.RentAsync(new DatasetId(Guid.NewGuid()), Ct)).Value;
        }

        Assert.Equal(3, taken.Count(static one => one.IsOk));
        foreach (Result<ReaderPool.Lease> one in taken.Where(static one => one.IsOk))
        {
            await one.Value.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_cancelled_request_stops_waiting_for_a_reader()
    {
        await using var pool = new ReaderPool(Command, new FileReaderOptions { Readers = 1 }, TimeProvider.System);
        await using ReaderPool.Lease first = (await pool.RentAsync(new DatasetId(Guid.NewGuid()), Ct)).Value;
        using var leaving = new CancellationTokenSource();
        Task<Result<ReaderPool.Lease>> second = pool.RentAsync(new DatasetId(Guid.NewGuid()), leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }
}
