using Hutch.Federation.Copies;
using Hutch.Model.Streams;
using Hutch.Testing.Clocks;

namespace Hutch.Federation.Tests.Copies;

public sealed class StallTimeoutStreamTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ManualTime _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_home_that_sends_a_byte_now_and_then_is_left()
    {
        await using StallTimeoutStream stream = Open(bytesEach: 1, wait: TimeSpan.FromSeconds(25));

        IOException left = await Assert.ThrowsAsync<IOException>(() => ReadAsync(stream, 1000));

        Assert.Equal("only 3 bytes came in 75 s", left.Message);
    }

    [Fact]
    public async Task A_slow_line_that_brings_enough_is_read_on()
    {
        await using StallTimeoutStream stream = Open(StallTimeoutStream.LeastBytes / 2, wait: TimeSpan.FromSeconds(25));

        Assert.Equal(100, await ReadAsync(stream, 100));
    }

    [Fact]
    public async Task What_this_site_does_between_two_reads_counts_for_nothing()
    {
        await using StallTimeoutStream stream = Open(bytesEach: 1, wait: TimeSpan.FromSeconds(0.1));

        Assert.Equal(100, await ReadAsync(stream, 100, busy: TimeSpan.FromSeconds(100)));
    }

    private StallTimeoutStream Open(int bytesEach, TimeSpan wait) =>
        new(new Drip(_time, bytesEach, wait), new MemoryStream(), Timeout, _time);

    private async Task<int> ReadAsync(StallTimeoutStream stream, int times, TimeSpan busy = default)
    {
        var buffer = new byte[StallTimeoutStream.LeastBytes];
        int read = 0;
        while (read < times && await stream.ReadAsync(buffer, Ct) > 0)
        {
            read++;
            _time.Advance(busy);
        }

        return read;
    }

    /// <summary>A body of which a few bytes come after a while, each time.</summary>
    private sealed class Drip(ManualTime time, int bytesEach, TimeSpan wait) : ForwardStream
    {
        public override int Read(Span<byte> buffer) => throw new NotSupportedException();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            time.Advance(wait);
            return new ValueTask<int>(bytesEach);
        }
    }
}
