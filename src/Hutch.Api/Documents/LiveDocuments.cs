using Hutch.Model.Site;
using Hutch.Processing.Dispatch;

namespace Hutch.Api.Documents;

/// <summary>Work on data as they come, as the REST interface writes it.</summary>
internal static class LiveDocuments
{
    public static LiveInfo From(LiveReport report) => new()
    {
        Time = report.Time,
        Everything = report.IsWhole,
        Problems = JobDocuments.From(report.Problems).Items,
        Services = report.IsWhole ? Services(report) : [],
        Classes = [.. report.Classes.Select(ActivityDocuments.From)],
        Queues = [.. report.Work.Queues.Select(From)],
        BrokerQueues = [.. (report.Broker?.Queues ?? []).Select(QueueDocuments.From).OrderBy(queue => queue.State == "ok")],
        Workers = [.. report.Work.Workers.Select(From)],
        Runs =
        [
            .. report.Work.Runs.Select(run => From(run, report.Names.GetValueOrDefault(run.Run.Input.Dataset))),
            .. report.Programs.Select(run => From(run, report.Names)),
        ],
        Captures = [.. report.Captures.Select(one => From(one, report.Names.GetValueOrDefault(one.Dataset)))],
    };

    public static Page<ArrivalInfo> From(IReadOnlyList<Arrival> arrivals) => new()
    {
        Items =
        [
            .. arrivals.Select(static one => new ArrivalInfo
            {
                Dataset = DatasetDocuments.From(one.Dataset),
                Path = one.Path,
                Time = one.Time,
            }),
        ],
    };

    private static IReadOnlyList<ServiceInfo> Services(LiveReport report) =>
    [
        new() { Name = "storage", State = report.Failure is null ? "ok" : "failed", Message = report.Failure },
        new() { Name = "analysis", State = report.HasDispatcher ? "ok" : "off" },
        .. report.Broker is { } broker
            ? [new ServiceInfo { Name = "broker", State = broker.Trouble is null ? "ok" : "down", Message = broker.Trouble }]
            : Array.Empty<ServiceInfo>(),
    ];

    private static LiveQueue From(QueueLoad queue) => new()
    {
        Name = queue.Namespace,
        Runs = queue.Runs,
        Workers = queue.Workers,
        Waiting = queue.Waiting,
        InWork = queue.InWork,
        GivenUp = queue.GivenUp,
        FramesPerSecond = queue.FramesPerSecond,
        LagSeconds = Seconds(queue.Lag),
    };

    private static LiveWorker From(WorkerLoad worker) => new()
    {
        Name = worker.Name,
        Namespace = worker.Namespace,
        State = worker.State.ToString().ToLowerInvariant(),
        InWork = worker.InWork,
        Frames = worker.Frames,
        FramesPerSecond = worker.FramesPerSecond,
        Seen = worker.Seen,
    };

    private static LiveRunInfo From(RunLoad run, string? name) => new()
    {
        Id = run.Run.Id.ToString("N"),
        Program = run.Run.Description.Program,
        User = run.Run.Description.User,
        Namespace = run.Run.Namespace,
        Dataset = name is null ? null : run.Run.Input.Dataset,
        DatasetName = name,
        State = run.State == RunLoadState.WithoutWorker ? "without-worker" : run.State.ToString().ToLowerInvariant(),
        Total = run.Total,
        Done = run.Done,
        Waiting = run.Waiting,
        InWork = run.InWork,
        GivenUp = run.GivenUp,
        Skipped = run.Skipped,
        FramesPerSecond = run.FramesPerSecond,
        LagSeconds = Seconds(run.Lag),
    };

    private static LiveRunInfo From(SiteRun run, IReadOnlyDictionary<DatasetId, string> names)
    {
        DatasetId? input = run.Inputs is [var first, ..] && names.ContainsKey(first.Dataset) ? first.Dataset : null;
        return new LiveRunInfo
        {
            Id = run.Id.ToString("N"),
            Program = run.Description.Program,
            User = run.Description.User,
            Namespace = run.Description.Namespace ?? "",
            Dataset = input,
            DatasetName = input is { } id ? names[id] : null,
            State = run.State,
            Attempt = run.Attempt?.Number ?? 0,
            Started = DateTimeOffset.FromUnixTimeMilliseconds(run.Started),
            Done = 0,
            Waiting = 0,
            InWork = 0,
            GivenUp = 0,
            Skipped = 0,
            FramesPerSecond = 0,
            LagSeconds = 0,
        };
    }

    private static LiveCapture From(CaptureLoad capture, string? name) => new()
    {
        Dataset = capture.Dataset,
        DatasetName = name,
        User = capture.User,
        Entries = capture.Entries,
        EntriesPerSecond = capture.EntriesPerSecond,
        BytesPerSecond = capture.BytesPerSecond,
        Last = capture.Last,
    };

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 1);
}
