using Hutch.Processing.Dispatch;

namespace Hutch.Datasets.Analyses;

/// <summary>A run, as far as a caller may know of it.</summary>
/// <param name="Run">The run, with those of its inputs and outputs that may be seen.</param>
/// <param name="IsWhole">Whether all inputs may be seen: its command names them.</param>
/// <param name="IsMember">
/// True if the caller works on one of its datasets (may write it, not as one of everybody): only then may it know with which token and on
/// which machine it ran.
/// </param>
public sealed record VisibleRun(SiteRun Run, bool IsWhole, bool IsMember)
{
    /// <summary>The progress of its frames; null if this server does not process it and it did not end here recently.</summary>
    public LiveRun? Live { get; init; }

    /// <summary>The number of runs that wait for an engine and were started before it; null if it does not wait.</summary>
    public long? Ahead { get; init; }

    /// <summary>The reason why it waits for its budget; null if it does not, in lists, and for callers that are no members.</summary>
    public string? UsedUp { get; init; }

    /// <summary>The states of its parts; null in lists, and for a run without parts.</summary>
    public PartCounts? Parts { get; init; }

    /// <summary>The name of the other site that executes it; null for this one.</summary>
    public string? Site { get; init; }

    /// <summary>A result of the same work that existed at its start; null for none, and in all other answers.</summary>
    public SameResult? Same { get; init; }

    /// <summary>The names of its inputs in the program's document, in their order; null for the first one.</summary>
    public IReadOnlyList<string?> InputNames { get; init; } = [.. Run.Inputs.Select((_, index) => Run.Description.Task?.NameOf(index))];

    /// <summary>The names of its datasets, <c>owner/slug</c>.</summary>
    public IReadOnlyDictionary<DatasetId, string> Names { get; init; } = new Dictionary<DatasetId, string>();
}

/// <param name="Waiting">Stored frames that wait for a worker; of those that are new to the run, at most <see cref="MaxBacklog"/>.</param>
/// <param name="Lag">Time since the oldest frame without a row came to its capture; zero without any; null if unknown.</param>
public sealed record LiveRun(long Waiting, TimeSpan? Lag, RunProgress Progress)
{
    /// <summary>The most stored frames that are counted in addition to those that the run knows.</summary>
    public const int MaxBacklog = 10_000;
}
