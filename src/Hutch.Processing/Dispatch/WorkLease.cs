using System.Text.Json;
using Hutch.Processing.Runs;

namespace Hutch.Processing.Dispatch;

/// <summary>Frames of one run that are one worker's to analyse, for a while.</summary>
public sealed record WorkLease
{
    public required Guid Id { get; init; }

    public required Guid Run { get; init; }

    /// <summary>The program of the run.</summary>
    public required string Program { get; init; }

    /// <summary>The parameters of the run.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>Who started the run; empty for a worker that need not know.</summary>
    public string User { get; init; } = "";

    public required IReadOnlyList<StoredFrame> Frames { get; init; }

    /// <summary>How long it is good unless it is extended; null when it lasts as long as this process.</summary>
    public TimeSpan? Life { get; init; }
}

/// <summary>A worker: with which token it came, and what it calls itself.</summary>
/// <param name="Credential">The id of its token; empty for the worker inside the server.</param>
/// <param name="Name">Its own name, one for each of its processes.</param>
public readonly record struct WorkerName(string Credential, string Name)
{
    /// <summary>The worker inside the server.</summary>
    public static WorkerName Own { get; } = new("", "server");
}

/// <summary>What a worker asks for.</summary>
public sealed record WorkDemand
{
    public required WorkerName Worker { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Further frames of this run; null for the first ones of a run that it does not have yet.</summary>
    public Guid? Run { get; init; }

    /// <summary>The runs that it has.</summary>
    public IReadOnlyCollection<Guid> Except { get; init; } = [];

    /// <summary>The programs that it can carry out.</summary>
    public required IReadOnlySet<string> Programs { get; init; }

    /// <summary>The most frames that it takes at once.</summary>
    public int MaxFrames { get; init; } = 1;
}

/// <summary>What a worker is given: frames, or the word that there will be no more; neither when it has waited long enough.</summary>
/// <param name="Lease">The frames.</param>
/// <param name="IsOver">Whether the run that was asked for is over.</param>
public readonly record struct TakenWork(WorkLease? Lease, bool IsOver);
