using Hutch.Model.Analyses;

namespace Hutch.Datasets.Analyses;

public sealed record WorkerRequest
{
    /// <summary>The name of the worker, one for each of its processes.</summary>
    public required string Worker { get; init; }

    /// <summary>The namespace that it was started for; null for that of its token.</summary>
    public string? Namespace { get; init; }

    /// <summary>Its version, which must be the server's: the rows of a run are those of one version of a program.</summary>
    public required string Version { get; init; }

    /// <summary>Further frames of this run; null for a run that it does not have.</summary>
    public Guid? Run { get; init; }

    public IReadOnlyList<Guid> Except { get; init; } = [];

    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>Its foreign steps, each with the digest of its code as its version.</summary>
    public IReadOnlyList<StepDeclaration> Steps { get; init; } = [];

    public int MaxFrames { get; init; } = 1;

    public TimeSpan Wait { get; init; }
}
