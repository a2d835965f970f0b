namespace Hutch.Contracts;

/// <summary>
/// Live work on data, at one moment: <c>GET /live</c>. Operators see all of it; other callers see their own runs and captures. Rates are
/// those of the last ten seconds. Counts begin with the start of the server, unless stated otherwise.
/// </summary>
public sealed record LiveInfo
{
    /// <summary>Time of the measurement.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>True: everything of the site; false: only the caller's own work.</summary>
    public required bool Everything { get; init; }

    /// <summary>Parts that are slow, stuck or gone, with advice; empty if all is well.</summary>
    public required IReadOnlyList<WarningInfo> Problems { get; init; }

    /// <summary>The parts of the server; for operators.</summary>
    public required IReadOnlyList<ServiceInfo> Services { get; init; }

    /// <summary>Bytes by class of work; for operators.</summary>
    public required IReadOnlyList<WorkClassInfo> Classes { get; init; }

    /// <summary>Waiting frames by namespace; for operators.</summary>
    public required IReadOnlyList<LiveQueue> Queues { get; init; }

    /// <summary>
    /// Queues at the message broker, if there is one, those with a problem first, then by name; for operators. Queues of dead letters
    /// appear only while they have some. None while the broker is down.
    /// </summary>
    public required IReadOnlyList<LiveBrokerQueue> BrokerQueues { get; init; }

    /// <summary>Workers, stuck or gone ones first; for operators. Workers that left stay for ten minutes.</summary>
    public required IReadOnlyList<LiveWorker> Workers { get; init; }

    /// <summary>Runs that have not ended: of analyses, slow or stuck ones first, then of programs; at most 200 of each.</summary>
    public required IReadOnlyList<LiveRunInfo> Runs { get; init; }

    /// <summary>Datasets to which captures wrote in the last ten minutes, newest first.</summary>
    public required IReadOnlyList<LiveCapture> Captures { get; init; }
}

public sealed record ServiceInfo
{
    /// <summary><c>storage</c>, <c>analysis</c>, or <c>broker</c> where one is configured.</summary>
    public required string Name { get; init; }

    /// <summary><c>ok</c>, <c>off</c>, <c>failed</c>, or <c>down</c>: the broker cannot be used, or does not respond in time.</summary>
    public required string State { get; init; }

    /// <summary>Reason why it failed or is down.</summary>
    public string? Message { get; init; }
}

/// <summary>The frames of all runs of a namespace.</summary>
public sealed record LiveQueue
{
    public required string Name { get; init; }

    /// <summary>Runs that have not ended.</summary>
    public required int Runs { get; init; }

    /// <summary>Connected workers.</summary>
    public required int Workers { get; init; }

    /// <summary>Frames that wait for a worker. For a run that follows its input, at most 256: the server looks no further ahead.</summary>
    public required long Waiting { get; init; }

    /// <summary>Frames leased to workers.</summary>
    public required int InWork { get; init; }

    /// <summary>Dead letters: frames that were given up because each of their workers fell silent.</summary>
    public required long GivenUp { get; init; }

    /// <summary>Frames analysed per second.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Waiting time of the oldest waiting frame, in seconds.</summary>
    public required double LagSeconds { get; init; }
}

/// <summary>A queue at the message broker of this server, or of recipes and their services.</summary>
public sealed record LiveBrokerQueue
{
    /// <summary>Its name at the broker.</summary>
    public required string Name { get; init; }

    /// <summary><c>ok</c>, <c>without-reader</c> (messages wait) or <c>dead-letters</c> (messages that another queue gave up).</summary>
    public required string State { get; init; }

    /// <summary>Messages that wait for delivery.</summary>
    public required long Ready { get; init; }

    /// <summary>Delivered messages that are not acknowledged yet; absent for a queue that this server does not read.</summary>
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
    /// with frames, which go to other workers) or <c>gone</c> (had no frames, and asks for none).
    /// </summary>
    public required string State { get; init; }

    /// <summary>Frames leased to it.</summary>
    public required int InWork { get; init; }

    /// <summary>Frames that it has analysed.</summary>
    public required long Frames { get; init; }

    /// <summary>Frames analysed per second.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Time of its last message.</summary>
    public required DateTimeOffset Seen { get; init; }
}

/// <summary>A run that has not ended.</summary>
public sealed record LiveRunInfo
{
    public required string Id { get; init; }

    public required string Program { get; init; }

    /// <summary>User who started it.</summary>
    public required string User { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The input dataset, if the caller may see it.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>Its name.</summary>
    public string? DatasetName { get; init; }

    /// <summary>
    /// <c>running</c>, <c>idle</c> (follows, no row for ten seconds), <c>behind</c> (follows, and frames wait for more than ten seconds),
    /// <c>without-worker</c>, <c>stuck</c> (no row for a minute) or <c>finishing</c> (each frame has its row; the last ones are being
    /// written, or wait for their broker or receiver). Runs of programs are <c>queued</c> or <c>running</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Number of the newest attempt of a program's run, which has no frames; absent for other runs.</summary>
    public int? Attempt { get; init; }

    /// <summary>Start of a program's run; absent for other runs.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Frames of its input; absent while it is followed.</summary>
    public long? Total { get; init; }

    /// <summary>Frames that have a row, including those from before a restart of the server.</summary>
    public required long Done { get; init; }

    /// <summary>Frames that wait for a worker. For a run that follows its input, at most 256: the server looks no further ahead.</summary>
    public required long Waiting { get; init; }

    /// <summary>Frames leased to workers.</summary>
    public required int InWork { get; init; }

    /// <summary>Frames that were given up because each of their workers fell silent.</summary>
    public required long GivenUp { get; init; }

    /// <summary>
    /// Frames that were skipped by the run's policy because they arrived faster than they were analysed. <c>GET /runs/{run}</c> lists them.
    /// </summary>
    public required long Skipped { get; init; }

    /// <summary>Frames analysed per second.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Waiting time of the oldest waiting frame, in seconds.</summary>
    public required double LagSeconds { get; init; }
}

/// <summary>Data that captures store in a dataset.</summary>
public sealed record LiveCapture
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Its name, if the caller may see it.</summary>
    public string? DatasetName { get; init; }

    /// <summary>Account of the capture.</summary>
    public required string User { get; init; }

    /// <summary>Stored entries.</summary>
    public required long Entries { get; init; }

    /// <summary>Entries stored per second.</summary>
    public required double EntriesPerSecond { get; init; }

    /// <summary>Bytes stored per second.</summary>
    public required long BytesPerSecond { get; init; }

    /// <summary>Time of the last stored entry.</summary>
    public required DateTimeOffset Last { get; init; }
}

/// <summary>A dataset with new data.</summary>
public sealed record ArrivalInfo
{
    public required DatasetInfo Dataset { get; init; }

    /// <summary>File that was written last; absent once the files are in a version.</summary>
    public string? Path { get; init; }

    /// <summary>Time of the last change of its files.</summary>
    public required DateTimeOffset Time { get; init; }
}
