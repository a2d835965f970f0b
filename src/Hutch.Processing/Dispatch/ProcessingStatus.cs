using Hutch.Processing.Runs;

namespace Hutch.Processing.Dispatch;

/// <summary>The runs, workers and queues at one moment. Counts and rates are since the server started.</summary>
public sealed record ProcessingStatus(IReadOnlyList<RunLoad> Runs, IReadOnlyList<WorkerLoad> Workers, IReadOnlyList<QueueLoad> Queues)
{
    public static ProcessingStatus Empty { get; } = new([], [], []);
}

/// <summary>A run that is not over.</summary>
public sealed record RunLoad
{
    public required ActiveRun Run { get; init; }

    public required RunLoadState State { get; init; }

    /// <summary>Frames in its input; null while it is followed, or has not begun.</summary>
    public long? Total { get; init; }

    /// <summary>Frames that have a row, those of earlier starts of the server too.</summary>
    public required long Done { get; init; }

    /// <summary>Frames that wait for a worker. Of a followed run, not more than the server looks ahead.</summary>
    public required long Waiting { get; init; }

    public required int InWork { get; init; }

    /// <summary>Frames that were given up because each of their workers fell silent.</summary>
    public required long GivenUp { get; init; }

    /// <summary>Frames that were skipped, as the run allows it, because they came faster than they were analysed.</summary>
    public long Skipped { get; init; }

    /// <summary>Rows a second, over the last ten seconds.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>The time that the oldest frame has spent in the queue.</summary>
    public required TimeSpan Lag { get; init; }
}

public enum RunLoadState
{
    /// <summary>Its frames are analysed.</summary>
    Running,

    /// <summary>It follows its input, and there was no work for ten seconds.</summary>
    Idle,

    /// <summary>It follows its input, and frames come faster than they are analysed.</summary>
    Behind,

    /// <summary>No worker of its namespace is present.</summary>
    WithoutWorker,

    /// <summary>There are frames and workers, but no row for a minute.</summary>
    Stuck,

    /// <summary>Every frame has its row. The last rows are being written, or wait for an unreachable broker or receiver.</summary>
    Finishing,
}

public sealed record WorkerLoad
{
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    public required WorkerLoadState State { get; init; }

    public required int InWork { get; init; }

    public required long Frames { get; init; }

    /// <summary>Rows a second, over the last ten seconds.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>The time of its last message.</summary>
    public required DateTimeOffset Seen { get; init; }
}

public enum WorkerLoadState
{
    /// <summary>It has frames, or had some in the last ten seconds.</summary>
    Working,

    /// <summary>It waits for frames.</summary>
    Idle,

    /// <summary>It has frames, but gave no row for a minute.</summary>
    Stuck,

    /// <summary>It fell silent while it had frames, which other workers receive.</summary>
    Silent,

    /// <summary>It had no frames, asks for none, and did not report its end: it was killed, or cannot reach the server.</summary>
    Gone,
}

/// <param name="Runs">Its runs that are not over.</param>
/// <param name="FramesPerSecond">Rows a second, over the last ten seconds.</param>
/// <param name="Lag">The time that the oldest frame has spent in the queue.</param>
public sealed record QueueLoad(
    string Namespace, int Runs, int Workers, long Waiting, int InWork, long GivenUp, double FramesPerSecond, TimeSpan Lag);
