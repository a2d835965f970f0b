using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <summary>A run of the queue: what a choice among many needs, without the description.</summary>
/// <param name="Sequence">The position in the order of starts.</param>
/// <param name="Starter">The account on whose behalf it runs.</param>
/// <param name="Program">The name of its program.</param>
/// <param name="Engine">The name of the engine that its program wants.</param>
public sealed record RunTaskState(Guid Run, long Sequence, string Starter, string Program, string Engine, RunAttempt Attempt)
{
    public AttemptKey Key => new(Run, Attempt.Number);

    /// <summary>The owner of the results, whose budget it uses; empty for none.</summary>
    public string Payer { get; init; } = "";

    /// <summary>The most processor time of an attempt, in milliseconds of one core.</summary>
    public long MaxCoreMilliseconds { get; init; }
}

/// <summary>Changes in the attempts of runs.</summary>
/// <param name="Runs">The changed runs, and whether an engine has each.</param>
/// <param name="Through">The place in the order of changes up to which they are known.</param>
public sealed record TaskChanges(IReadOnlyList<(RunTaskState Run, bool IsIssued)> Runs, long Through);
