using System.Text.Json;
using Hutch.Datasets.Servers;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Records;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Processing.Sending;

namespace Hutch.Datasets.Tests.Servers;

/// <summary>What one server tells another of runs is what it knows itself.</summary>
public sealed class ServerStateJsonTests
{
    [Fact]
    public void Runs_workers_and_queues_arrive_as_they_were()
    {
        var description = new RunDescription(
            "spots", "1", "hutch submit", JsonSerializer.SerializeToElement(new { gain = 1.5 }, JsonSerializerOptions.Web),
            new Dictionary<string, string> { ["HOST"] = "pc2" }, "ada", "token", "gpu");
        var run = new ActiveRun(Guid.NewGuid(), description, new VersionReference(new DatasetId(Guid.NewGuid()), 3, BlobHash.Compute("root"u8)), new DatasetId(Guid.NewGuid()));
        var view = new ProcessingStatus(
            [
                new RunLoad
                {
                    Run = run, State = RunLoadState.Behind, Total = 10, Done = 3, Waiting = 4, InWork = 2, GivenUp = 1, Skipped = 5,
                    FramesPerSecond = 12.5, Lag = TimeSpan.FromSeconds(7),
                },
            ],
            [
                new WorkerLoad
                {
                    Name = "w1", Namespace = "gpu", State = WorkerLoadState.Stuck, InWork = 2, Frames = 9, FramesPerSecond = 1.5,
                    Seen = DateTimeOffset.UnixEpoch.AddDays(20_000),
                },
            ],
            [new QueueLoad("gpu", 1, 1, 4, 2, 1, 12.5, TimeSpan.FromSeconds(7))]);

        string sent = JsonSerializer.Serialize(view, ServerStateJson.Default.ProcessingStatus);
        ProcessingStatus arrived = JsonSerializer.Deserialize(sent, ServerStateJson.Default.ProcessingStatus)!;

        Assert.Equal(sent, JsonSerializer.Serialize(arrived, ServerStateJson.Default.ProcessingStatus));
        Assert.Equal((run.Id, run.Input, run.Output, "gpu"), (arrived.Runs[0].Run.Id, arrived.Runs[0].Run.Input, arrived.Runs[0].Run.Output, arrived.Runs[0].Run.Namespace));
        Assert.Equal((RunLoadState.Behind, 10L, TimeSpan.FromSeconds(7)), (arrived.Runs[0].State, arrived.Runs[0].Total, arrived.Runs[0].Lag));
        Assert.Equal(view.Workers, arrived.Workers);
        Assert.Equal(view.Queues, arrived.Queues);
    }

    [Fact]
    public void The_figures_of_a_run_arrive_as_they_were()
    {
        var progress = new RunProgress(
            1, 2, 3, DateTimeOffset.UnixEpoch.AddDays(20_000), 4, 5.5, 6.5, new SkippedFrames(7, [new FrameRange(1, 7)]))
        {
            Callback = new SendingProgress(8, "The address answers 500."),
        };

        string sent = JsonSerializer.Serialize(progress, ServerStateJson.Default.RunProgress);
        RunProgress arrived = JsonSerializer.Deserialize(sent, ServerStateJson.Default.RunProgress)!;

        Assert.Equal(sent, JsonSerializer.Serialize(arrived, ServerStateJson.Default.RunProgress));
        Assert.Equal(new FrameRange(1, 7), Assert.Single(arrived.Skipped.Ranges));
        Assert.Equal(progress.Callback, arrived.Callback);
    }
}
