using Hutch.Model;

namespace Hutch.Contracts;

/// <summary>
/// Work on data as they come, at one moment: <c>GET /live</c>. Operators see all of it; others their own runs and captures. Rates are those
/// of the last ten seconds; counts begin with the start of the server, unless they say otherwise.
/// </summary>
public sealed record LiveInfo
{
    /// <summary>When this was measured.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>True: everything of the site; false: only what is the caller's own.</summary>
    public required bool Everything { get; init; }

    /// <summary>What is slow, stuck or gone, and what to do; empty when all is well.</summary>
    public required IReadOnlyList<WarningInfo> Problems { get; init; }

    /// <summary>The parts of the server; for operators.</summary>
    public required IReadOnlyList<ServiceInfo> Services { get; init; }

    /// <summary>Bytes by class of work; for operators.</summary>
    public required IReadOnlyList<WorkClassInfo> Classes { get; init; }

    /// <summary>Frames that wait, by namespace; for operators.</summary>
    public required IReadOnlyList<LiveQueue> Queues { get; init; }

    /// <summary>
    /// Queues at the message broker, if there is one, those with a problem first, then by name; for operators. Those of dead letters only
    /// while they have some; none while the broker is down.
    /// </summary>
    public required IReadOnlyList<LiveBrokerQueue> BrokerQueues { get; init; }

    /// <summary>Workers, those that are stuck or gone first; for operators. Those that went away stay for ten minutes.</summary>
    public required IReadOnlyList<LiveWorker> Workers { get; init; }

    /// <summary>Runs that are not over, those that are slow or stuck first, then the oldest; at most 200.</summary>
    public required IReadOnlyList<LiveRunInfo> Runs { get; init; }

    /// <summary>Datasets to which captures wrote in the last ten minutes, the newest first.</summary>
    public required IReadOnlyList<LiveCapture> Captures { get; init; }
}

/// <summary>A part of the server.</summary>
public sealed record ServiceInfo
{
    /// <summary><c>storage</c>, <c>analysis</c>, or <c>broker</c> where one is configured.</summary>
    public required string Name { get; init; }

    /// <summary><c>ok</c>, <c>off</c>, <c>failed</c>, or <c>down</c>: the broker cannot be used, or does not answer in time.</summary>
    public required string State { get; init; }

    /// <summary>Why it failed or is down.</summary>
    public string? Message { get; init; }
}

/// <summary>The frames of all runs of a namespace.</summary>
public sealed record LiveQueue
{
    /// <summary>The namespace.</summary>
    public required string Name { get; init; }

    /// <summary>Runs that are not over.</summary>
    public required int Runs { get; init; }

    /// <summary>Workers that are there.</summary>
    public required int Workers { get; init; }

    /// <summary>Frames that wait for a worker. Of a run that follows its input, at most 256: the server looks no further ahead.</summary>
    public required long Waiting { get; init; }

    /// <summary>Frames that workers have.</summary>
    public required int InWork { get; init; }

    /// <summary>Dead letters: frames that were given up because each worker that had them fell silent.</summary>
    public required long GivenUp { get; init; }

    /// <summary>Frames analysed a second.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Seconds that the frame that waits longest has been in the queue.</summary>
    public required double LagSeconds { get; init; }
}

/// <summary>A queue at the message broker that this server uses, or that recipes and their services do.</summary>
public sealed record LiveBrokerQueue
{
    /// <summary>Its name at the broker.</summary>
    public required string Name { get; init; }

    /// <summary><c>ok</c>, <c>without-reader</c> (messages wait) or <c>dead-letters</c> (what another queue gave up).</summary>
    public required string State { get; init; }

    /// <summary>Messages that wait to be handed out.</summary>
    public required long Ready { get; init; }

    /// <summary>Messages that were handed out and are not answered yet; absent for a queue that this server does not read.</summary>
    public int? Unacknowledged { get; init; }

    /// <summary>Programs that read it.</summary>
    public required int Readers { get; init; }
}

/// <summary>A process of a worker.</summary>
public sealed record LiveWorker
{
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>
    /// <c>working</c>, <c>idle</c> (no row for ten seconds, and no frame), <c>stuck</c> (no row for a minute), <c>silent</c> (fell silent
    /// with frames, which others get) or <c>gone</c> (had none, and asks for none).
    /// </summary>
    public required string State { get; init; }

    /// <summary>Frames that it has.</summary>
    public required int InWork { get; init; }

    /// <summary>Frames that it has analysed.</summary>
    public required long Frames { get; init; }

    /// <summary>Frames analysed a second.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>When it last spoke.</summary>
    public required DateTimeOffset Seen { get; init; }
}

/// <summary>A run that is not over.</summary>
public sealed record LiveRunInfo
{
    public required string Id { get; init; }

    /// <summary>Its program.</summary>
    public required string Program { get; init; }

    /// <summary>Who started it.</summary>
    public required string User { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The dataset that it reads, if the caller may see it.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>Its name.</summary>
    public string? DatasetName { get; init; }

    /// <summary>
    /// <c>running</c>, <c>idle</c> (follows, no row for ten seconds), <c>behind</c> (follows, and frames wait for more than ten seconds),
    /// <c>without-worker</c>, <c>stuck</c> (no row for a minute) or <c>finishing</c> (each frame has its row; the last ones are written, or
    /// wait for the broker or receiver that gets them).
    /// </summary>
    public required string State { get; init; }

    /// <summary>Frames of its input; absent while it is followed.</summary>
    public long? Total { get; init; }

    /// <summary>Frames that have a row, from before a restart of the server too.</summary>
    public required long Done { get; init; }

    /// <summary>Frames that wait for a worker. Of a run that follows its input, at most 256: the server looks no further ahead.</summary>
    public required long Waiting { get; init; }

    /// <summary>Frames that workers have.</summary>
    public required int InWork { get; init; }

    /// <summary>Frames that were given up because each worker that had them fell silent.</summary>
    public required long GivenUp { get; init; }

    /// <summary>
    /// Frames that were skipped, because they came faster than they were analysed and the run was started so.
    /// <c>GET /runs/{run}</c> names them.
    /// </summary>
    public required long Skipped { get; init; }

    /// <summary>Frames analysed a second.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Seconds that the frame that waits longest has been in the queue.</summary>
    public required double LagSeconds { get; init; }
}

/// <summary>What captures store in a dataset.</summary>
public sealed record LiveCapture
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Its name, if the caller may see it.</summary>
    public string? DatasetName { get; init; }

    /// <summary>The account that captures.</summary>
    public required string User { get; init; }

    /// <summary>Entries that were stored.</summary>
    public required long Entries { get; init; }

    /// <summary>Entries stored a second.</summary>
    public required double EntriesPerSecond { get; init; }

    /// <summary>Bytes stored a second.</summary>
    public required long BytesPerSecond { get; init; }

    /// <summary>When the last one was stored.</summary>
    public required DateTimeOffset Last { get; init; }
}
