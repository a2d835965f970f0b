using Hutch.Processing.Dispatch;

namespace Hutch.Datasets.Upkeep;

/// <summary>Slow, stuck and missing parts, in sentences, with advice for the reader.</summary>
/// <param name="names">The names of the datasets that the reader may see.</param>
internal sealed class LiveProblems(bool isOperator, IReadOnlyDictionary<DatasetId, string> names)
{
    private const string AskAnOperator = "Tell an operator of this site. No frame is lost.";

    /// <summary>The problems: those of workers first, as they are often the cause of the others.</summary>
    public IEnumerable<SiteWarning> Find(ProcessingStatus work) =>
        work.Workers.Select(Find)
            .Concat(work.Runs.Where(run => run.State == RunLoadState.WithoutWorker).GroupBy(run => run.Run.Namespace).Select(WithoutWorker))
            .Concat(work.Runs.Select(Find))
            .Concat(work.Queues.Select(Find))
            .OfType<SiteWarning>();

    private static SiteWarning? Find(WorkerLoad worker) => worker.State switch
    {
        WorkerLoadState.Silent => new SiteWarning(
            "worker-silent",
            $"The worker {worker.Name} fell silent at {Clock(worker.Seen)} while it had frames.",
            "Other workers get its frames. Look at its machine and its log."),
        WorkerLoadState.Stuck => new SiteWarning(
            "worker-stuck",
            $"The worker {worker.Name} has {Frames(worker.InWork)} and gave no row for a minute.",
            "Look at its machine. When it is ended, other workers get its frames."),
        _ => null,
    };

    private static SiteWarning? Find(QueueLoad queue) => queue.GivenUp == 0 ? null : new SiteWarning(
        "frames-given-up",
        $"{Frames(queue.GivenUp)} of the namespace '{queue.Namespace}' {(queue.GivenUp == 1 ? "was" : "were")} given up.",
        "Their rows say why. Look at the logs of the workers, then submit the dataset again.");

    private SiteWarning WithoutWorker(IGrouping<string, RunLoad> runs)
    {
        List<RunLoad> waiting = [.. runs];
        string who = waiting.Count == 1
            ? "run " + NameOf(waiting[0])
            : string.Create(CultureInfo.InvariantCulture, $"{waiting.Count} runs");
        return new SiteWarning(
            "run-without-worker",
            $"No worker of the namespace '{runs.Key}' is there for {who}.",
            !isOperator ? AskAnOperator
                : runs.Key == WorkerNamespace.Default ? "Start `hutch worker`, or set `analysis.enabled: true`."
                : $"Start `hutch worker --namespace {runs.Key}`.");
    }

    private SiteWarning? Find(RunLoad run) => run.State switch
    {
        RunLoadState.Behind => new SiteWarning(
            "run-behind",
            string.Create(CultureInfo.InvariantCulture, $"Run {NameOf(run)} cannot keep up: a frame waits for {run.Lag.TotalSeconds:0} s."),
            isOperator ? "Start more workers." : AskAnOperator),
        RunLoadState.Stuck => new SiteWarning(
            "run-stuck",
            $"Run {NameOf(run)} has had no row for a minute, though frames wait.",
            isOperator ? "Look at the workers of its namespace, and at the log of the server." : AskAnOperator),
        _ => null,
    };

    private string NameOf(RunLoad run) => names.TryGetValue(run.Run.Input.Dataset, out string? dataset)
        ? $"{run.Run.Id:N} of {dataset}"
        : $"{run.Run.Id:N}";

    private static string Frames(long count) => count == 1 ? "1 frame" : string.Create(CultureInfo.InvariantCulture, $"{count} frames");

    private static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
