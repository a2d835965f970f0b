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

    /// <summary>The number of this attempt at its frames, from 1: it grows when a worker falls silent.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The life of the lease unless it is extended; null when it lasts as long as this process.</summary>
    public TimeSpan? Life { get; init; }
}

/// <param name="Credential">The id of its token; empty for the worker inside the server.</param>
/// <param name="Name">Its own name, one for each of its processes.</param>
public readonly record struct WorkerName(string Credential, string Name)
{
    public static WorkerName Own { get; } = new("", "server");
}

/// <summary>The answer to a worker: frames, or the notice that no more will come; neither after the full wait.</summary>
public readonly record struct FrameLeaseAnswer(FrameLease? Lease, bool IsOver);
