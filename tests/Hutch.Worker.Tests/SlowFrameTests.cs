using Hutch.Model.Site;
using Hutch.Worker.Tests.Support;

namespace Hutch.Worker.Tests;

/// <summary>A frame that takes much longer than the others of its run.</summary>
public sealed class SlowFrameTests
{
    [Fact]
    public async Task A_slow_frame_holds_up_no_other()
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 60);
        var step = new FakeStep { WaitsAt = 7 };
        live.Work(step);

        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromMinutes(2));
        while (step.Processed.Count < 59)
        {
            await Task.Delay(10, timeout.Token);
        }

        Assert.DoesNotContain(7, step.Processed.Keys);
        step.Gate.Set();
        Assert.Equal(60, (await live.EndOfAsync(run)).Frames);
    }
}
