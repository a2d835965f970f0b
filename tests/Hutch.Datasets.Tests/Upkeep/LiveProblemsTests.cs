using Hutch.Datasets.Upkeep;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Datasets.Tests.Upkeep;

/// <summary>What people read of work that is slow, stuck or gone.</summary>
public sealed class LiveProblemsTests
{
    private static readonly DatasetId Lysozyme = new(Guid.Parse("01890000-0000-7000-8000-000000000001"));

    [Fact]
    public void A_run_is_called_by_its_dataset_where_the_reader_may_see_it()
    {
        ProcessingStatus work = From(Run(RunLoadState.Behind, "default"));

        Assert.StartsWith($"Run {Guid.Empty:N} of ada/lysozyme cannot keep up: a frame waits for 14 s.", Assert.Single(Read(work, true)).Message, StringComparison.Ordinal);
        Assert.StartsWith($"Run {Guid.Empty:N} cannot keep up", Assert.Single(new LiveProblems(true, new Dictionary<DatasetId, string>()).Find(work)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_a_namespace_without_a_worker_are_one_problem()
    {
        ProcessingStatus work = From(Run(RunLoadState.WithoutWorker, "trial"), Run(RunLoadState.WithoutWorker, "trial"), Run(RunLoadState.WithoutWorker, "default"));

        Assert.Equal(
            [
                new SiteWarning("run-without-worker", "No worker of the namespace 'trial' is there for 2 runs.", "Start `hutch worker --namespace trial`."),
                new SiteWarning(
                    "run-without-worker", $"No worker of the namespace 'default' is there for run {Guid.Empty:N} of ada/lysozyme.",
                    "Start `hutch worker`, or set `analysis.enabled: true`."),
            ],
            Read(work, true));
    }

    [Theory]
    [InlineData(RunLoadState.WithoutWorker)]
    [InlineData(RunLoadState.Behind)]
    [InlineData(RunLoadState.Stuck)]
    public void Users_that_cannot_start_workers_are_advised_to_contact_an_operator(RunLoadState state) => Assert.Equal(
        "Tell an operator of this site. No frame is lost.", Assert.Single(Read(From(Run(state, "default")), false)).Advice);

    private static List<SiteWarning> Read(ProcessingStatus work, bool isOperator) => [.. new LiveProblems(
        isOperator,
        new Dictionary<DatasetId, string> { [Lysozyme] = "ada/lysozyme" }).Find(work)];

    private static ProcessingStatus From(params RunLoad[] runs) => new(runs, [], []);

    private static RunLoad Run(RunLoadState state, string ns) => new()
    {
        Run = new ActiveRun(
            Guid.Empty, new RunDescription("test/spots", "1", null, null, null, "ada", null, ns), new VersionReference(Lysozyme, null, null), Lysozyme),
        State = state,
        Done = 0,
        Waiting = 3,
        InWork = 0,
        GivenUp = 0,
        FramesPerSecond = 0,
        Lag = TimeSpan.FromSeconds(14),
    };
}
