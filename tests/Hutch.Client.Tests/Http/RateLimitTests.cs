using System.Net.Http.Headers;
using Hutch.Client.Http;
using Hutch.Testing.Clocks;

namespace Hutch.Client.Tests.Http;

/// <summary>The bound of the rate of sending.</summary>
public sealed class RateLimitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_takes_the_time_that_its_size_has_at_the_limit_and_is_the_same()
    {
        SkippingTime time = new();
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];
        using LimitedContent content = new(
            new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } }, new RateLimit(20_000, time));
        using var sent = new MemoryStream();

        await content.CopyToAsync(sent, Ct);

        Assert.InRange(time.Skipped.TotalSeconds, 4.9, 5.0);
        Assert.Equal(bytes, sent.ToArray());
        Assert.Equal((100_000, "text/plain"), (content.Headers.ContentLength, content.Headers.ContentType!.MediaType));
        Assert.All(time.Waits, wait => Assert.InRange(wait.TotalSeconds, 0, 0.1));
    }

    [Fact]
    public async Task Time_without_sending_is_not_made_up_for()
    {
        SkippingTime time = new();
        RateLimit limit = new(10_000, time);
        await limit.WaitAsync(1000, Ct);
        await Task.Delay(TimeSpan.FromHours(1), time, Ct);

        await limit.WaitAsync(10_000, Ct);
        await limit.WaitAsync(10_000, Ct);
        await limit.WaitAsync(10_000, Ct);

        Assert.Equal(3600 + 2, time.Skipped.TotalSeconds, 0.01);
    }
}
