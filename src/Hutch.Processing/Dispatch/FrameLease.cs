using Hutch.Processing.Runs;

namespace Hutch.Processing.Dispatch;

/// <summary>Frames of one run that are assigned to one worker for a while.</summary>
public sealed record FrameLease
{
    public required Guid Id { get; init; }

    public required Guid Run { get; init; }

    public required string Program { get; init; }

    public JsonElement? Parameters { get; init; }

    /// <summary>The foreign step of the run, as it was when the run began; null for a step of the server.</summary>
    public StepDeclaration? Step { get; init; }

    /// <summary>The user that started the run; empty for a worker that does not need it.</summary>
    public string User { get; init; } = "";

    public required IReadOnlyList<StoredFrame> Frames { get; init; }

    /// <summary>The life of the lease unless it is extended; null when it lasts as long as this process.</summary>
    public TimeSpan? Life { get; init; }
}

/// <param name="Credential">The id of its token; empty for the worker inside the server.</param>
/// <param name="Name">Its own name, one for each of its processes.</param>
public readonly record struct WorkerName(string Credential, string Name)
{
    public static WorkerName Own { get; } = new("", "server");
}

public sealed record FrameLeaseRequest
{
    public required WorkerName Worker { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The run whose further frames it wants; null for the first frames of a run that it does not have yet.</summary>
    public Guid? Run { get; init; }

    /// <summary>The runs that it already has.</summary>
    public IReadOnlyCollection<Guid> Except { get; init; } = [];

    public required IReadOnlySet<string> Programs { get; init; }

    /// <summary>The foreign steps that it executes: a run of one is leased only to a worker with the same code.</summary>
    public IReadOnlyList<StepDeclaration> Steps { get; init; } = [];

    public bool CanExecute(RunDescription run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Step is null
            ? Programs.Contains(run.Program)
            : Steps.Any(step => step.Program == run.Program && step.Version == run.Version);
    }

    /// <summary>The most frames that it takes at once.</summary>
    public int MaxFrames { get; init; } = 1;
}

/// <summary>The answer to a worker: frames, or the notice that no more will come; neither after the full wait.</summary>
public readonly record struct FrameLeaseAnswer(FrameLease? Lease, bool IsOver);
