using Hutch.Analysis.Memory;
using Hutch.Model;

namespace Hutch.Analysis.Tests.Memory;

public sealed class ImageMemoryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_can_never_fit_is_refused_and_what_fits_later_waits_in_turn()
    {
        var memory = new ImageMemory(100);
        ImageMemory.Share first = (await memory.RentAsync(60, "It", Ct)).Value;

        Assert.Equal(ErrorCode.TooLarge, (await memory.RentAsync(101, "It", Ct)).Error?.Code);
        Task<Result<ImageMemory.Share>> second = memory.RentAsync(50, "It", Ct);
        Task<Result<ImageMemory.Share>> third = memory.RentAsync(30, "It", Ct);
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted, "It would fit, but it is not its turn: small ones must not starve a large one.");
        Assert.False(first.TryGrow(1), "Who has a share does not take from those who wait for one.");

        first.Dispose();
        first.Dispose();
        (await second).Value.Dispose();
        (await third).Value.Dispose();
        Assert.Equal(0, memory.UsedBytes);
    }

    [Fact]
    public async Task A_share_grows_into_free_memory_and_returns_all_of_it()
    {
        var memory = new ImageMemory(100);
        using ImageMemory.Share share = (await memory.RentAsync(40, "It", Ct)).Value;

        Assert.True(share.TryGrow(60));
        Assert.False(share.TryGrow(1));
        Assert.Equal(100, memory.UsedBytes);

        share.Dispose();
        Assert.Equal(0, memory.UsedBytes);
    }

    [Fact]
    public async Task An_account_waits_for_its_own_share_and_keeps_no_other_waiting()
    {
        string account = "mallory";
        var memory = new ImageMemory(100, 40, () => account);
        ImageMemory.Share first = (await memory.RentAsync(30, "It", Ct)).Value;
        Task<Result<ImageMemory.Share>> second = memory.RentAsync(20, "It", Ct);
        Assert.False(second.IsCompleted);
        Assert.False(first.TryGrow(20), "A share grows no further than its account may.");

        account = "ada";
        using ImageMemory.Share other = (await memory.RentAsync(40, "It", Ct)).Value;
        account = "";
        using ImageMemory.Share server = (await memory.RentAsync(30, "It", Ct)).Value;
        first.Dispose();

        (await second).Value.Dispose();
        Assert.Equal(70, memory.UsedBytes);
    }

    [Fact]
    public async Task An_image_that_needs_more_than_an_account_may_have_is_refused_before_any_memory_is_taken()
    {
        var memory = new ImageMemory(100 << 20, 40 << 20, () => "mallory");

        HutchError? refusal = (await memory.RentAsync(41 << 20, "It", Ct)).Error;

        Assert.Equal(ErrorCode.TooLarge, refusal?.Code);
        Assert.Contains("of an account is 40 MiB", refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("analysis.maxAccountImageMegabytes", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, memory.UsedBytes);
    }

    [Fact]
    public async Task A_request_canceled_while_waiting_lets_the_next_one_proceed()
    {
        var memory = new ImageMemory(100);
        using ImageMemory.Share first = (await memory.RentAsync(60, "It", Ct)).Value;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task<Result<ImageMemory.Share>> large = memory.RentAsync(90, "It", stop.Token);
        Task<Result<ImageMemory.Share>> small = memory.RentAsync(40, "It", Ct);
        Assert.False(small.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small).Value.Dispose();
        Assert.Equal(60, memory.UsedBytes);
    }

    [Fact]
    public void Bytes_outside_of_the_heap_are_gone_when_they_are_disposed()
    {
        var bytes = new NativeBytes(1000);
        bytes.Span.Fill(7);
        Assert.Equal(7000, bytes.Span.ToArray().Sum(value => value));

        bytes.Dispose();
        bytes.Dispose();

        Assert.Throws<ObjectDisposedException>(() => bytes.Span.Length);
    }
}
