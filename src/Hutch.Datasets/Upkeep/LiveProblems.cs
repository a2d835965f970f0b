using System.Globalization;
using Hutch.Site.Dispatch;
using Hutch.Site.Maintenance;

namespace Hutch.Datasets.Upkeep;

/// <summary>What is slow, stuck or gone, in sentences.</summary>
internal static class LiveProblems
{
    public static IEnumerable<SiteWarning> Of(WorkView work) =>
        work.Workers.Select(Of).Concat(work.Runs.Select(Of)).Concat(work.Queues.Select(Of)).OfType<SiteWarning>();

    private static SiteWarning? Of(WorkerLoad worker) => worker.State switch
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

    private static SiteWarning? Of(RunLoad run) => run.State switch
    {
        RunLoadState.WithoutWorker => new SiteWarning(
            "run-without-worker",
            $"No worker of the namespace '{run.Run.Namespace}' is there for run {run.Run.Id:N}.",
            run.Run.Namespace == Model.WorkNamespace.Default
                ? "Start `hutch worker`, or set `analysis.enabled: true`."
                : $"Start `hutch worker --namespace {run.Run.Namespace}`."),
        RunLoadState.Behind => new SiteWarning(
            "run-behind",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Run {run.Run.Id:N} cannot keep up: a frame waits for {run.Lag.TotalSeconds:0} s."),
            "Start more workers."),
        RunLoadState.Stuck => new SiteWarning(
            "run-stuck",
            $"Run {run.Run.Id:N} has had no row for a minute, though frames wait.",
            "Look at the workers of its namespace, and at the log of the server."),
        _ => null,
    };

    private static SiteWarning? Of(QueueLoad queue) => queue.GivenUp == 0 ? null : new SiteWarning(
        "frames-given-up",
        $"{Frames(queue.GivenUp)} of the namespace '{queue.Namespace}' {(queue.GivenUp == 1 ? "was" : "were")} given up.",
        "Their rows say why. Look at the logs of the workers, then submit the dataset again.");

    private static string Frames(long count) => count == 1 ? "1 frame" : string.Create(CultureInfo.InvariantCulture, $"{count} frames");

    private static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
