namespace Hutch.Processing.Dispatch;

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
        return run.Step is null
            ? Programs.Contains(run.Program)
            : Steps.Any(step => step.Program == run.Program && step.Version == run.Version);
    }

    /// <summary>The life of its leases; null for the one in the configuration.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>The most frames that it takes at once.</summary>
    public int MaxFrames { get; init; } = 1;
}
