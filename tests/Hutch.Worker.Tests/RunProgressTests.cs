using System.Collections.Immutable;
using System.Text;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Site;
using Hutch.Processing.Dispatch;
using Hutch.Worker.Tests.Support;

namespace Hutch.Worker.Tests;

/// <summary>How long a frame takes from the detector's socket to its result.</summary>
public sealed class RunProgressTests
{
    [Fact]
    public async Task The_age_of_a_result_counts_from_the_receipt_that_travels_with_the_frame()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await PutAsync(live, input.Id, 1, TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(100));
        await PutAsync(live, input.Id, 2, TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(100));
        await live.PutFrameAsync(input.Id, 3); // does not say when it came
        live.Work(new FakeStep());

        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        await live.EndOfAsync(run);
        RunProgress progress = live.Dispatcher!.Progress(run.Id)!;

        Assert.Equal((0, 0, 3, 2L, (DateTimeOffset?)null), (progress.Waiting, progress.InWork, progress.Newest, progress.Measured, progress.OldestReceived));
        Assert.InRange(progress.MillisecondsMedian!.Value, 100_000, 200_000);
        Assert.Null(live.Dispatcher.Progress(Guid.NewGuid()));
    }

    [Fact]
    public async Task The_oldest_frame_without_a_result_says_how_far_a_run_is_behind()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        DateTimeOffset first = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);
        await PutAsync(live, input.Id, 1, first.AddSeconds(1));
        await PutAsync(live, input.Id, 2, first);
        var step = new FakeStep { WaitsFrom = 1 };
        live.Work(step);

        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        RunProgress behind = await live.ProgressAsync(run, progress => progress.InWork == 2);
        step.Gate.Set();
        await live.EndOfAsync(run);

        Assert.Equal((0, first), (behind.Waiting, behind.OldestReceived));
        Assert.Null(live.Dispatcher!.Progress(run.Id)!.OldestReceived);
    }

    [Theory]
    [InlineData("1700000000123456", 1_700_000_000_123_456)]
    [InlineData("-1", null)]
    [InlineData("soon", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("999999999999999999", null)]
    public void A_receipt_that_is_none_is_passed_over(string text, long? microseconds)
    {
        DateTimeOffset? found = FrameReceipt.Find(new Dictionary<string, string> { [FrameReceipt.Key] = text });

        Assert.Equal(microseconds is { } known ? DateTimeOffset.UnixEpoch.AddMicroseconds(known) : null, found);
        Assert.Equal(found is null ? null : text, found is { } moment ? FrameReceipt.Format(moment) : null);
    }

    private static Task PutAsync(LiveSite live, DatasetId dataset, int number, DateTimeOffset received)
    {
        byte[] content = Encoding.UTF8.GetBytes($"frame {number}");
        Entry like = Entry.File(BlobHash.Compute(content), content.Length) with
        {
            UserMetadata = ImmutableSortedDictionary<string, string>.Empty.Add(FrameReceipt.Key, FrameReceipt.Format(received)),
        };
        return live.PutAsync(dataset, FrameName.For(number), content, like);
    }
}
