using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>Not beside others: the meters of all doors of a process have one name, and what they count is told together.</summary>
[Collection(Alone.Name)]
public sealed class MetricsTests
{
    private const int MaxLooks = 1000;

    [Fact]
    public async Task The_metrics_report_requests_bytes_and_durations()
    {
        await using TestDoor door = await TestDoor.StartAsync();
        (await door.Admin.PutAsync("/box")).Must(200);
        (await door.Admin.PutAsync("/box/a", new byte[1234])).Must(200);
        (await door.Admin.GetAsync("/box/a")).Must(200);
        (await door.Admin.GetAsync("/box/a", ("Range", "bytes=0-99"))).Must(206);
        (await door.Admin.GetAsync("/box/b")).MustRefuse(404, "NoSuchKey");

        // A request is counted when it is over, which may be a moment after its answer has come.
        const string LastCounted = "hutch_s3_sent_bytes{operation=\"GetObject\"} 1334\n";
        string text = "";
        for (int i = 0; i < MaxLooks && !text.Contains(LastCounted, StringComparison.Ordinal); i++)
        {
            text = await door.Http.GetStringAsync(new Uri(door.Rest, "metrics"), TestContext.Current.CancellationToken);
        }

        Assert.Contains(LastCounted, text, StringComparison.Ordinal);
        Assert.Contains("# TYPE hutch_s3_requests counter\n", text, StringComparison.Ordinal);
        Assert.Contains("hutch_s3_requests{operation=\"PutObject\",code=\"OK\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("hutch_s3_requests{operation=\"GetObject\",code=\"OK\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("hutch_s3_requests{operation=\"GetObject\",code=\"NoSuchKey\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("hutch_s3_received_bytes{operation=\"PutObject\"} 1234\n", text, StringComparison.Ordinal);
        Assert.Contains("hutch_s3_request_seconds_count", text, StringComparison.Ordinal);
    }
}
