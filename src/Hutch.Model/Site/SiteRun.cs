using Hutch.Model.Analyses;
using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <param name="Description">Program, version, parameters, environment, user.</param>
/// <param name="Started">The start, in milliseconds since 1970.</param>
/// <param name="Finished">The end, in milliseconds since 1970; null while it runs.</param>
/// <param name="Outcome"><c>done</c>, <c>failed</c> or <c>cancelled</c>; null while it runs.</param>
public sealed record SiteRun(
    Guid Id,
    RunDescription Description,
    long Started,
    long? Finished,
    string? Outcome,
    string? Message,
    IReadOnlyList<VersionReference> Inputs,
    IReadOnlyList<DatasetId> Outputs)
{
    /// <summary>The state: <c>queued</c>, <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public string State => Outcome ?? (Attempt is null or { Phase: AttemptPhase.Claimed } ? "running" : "queued");

    /// <summary>The state of its attempts, if an engine of this site executes it; null for all other runs.</summary>
    public RunAttempt? Attempt { get; init; }

    /// <summary>
    /// The processor time of its attempts that have ended, in milliseconds of one core; null for runs without attempts, and for those of
    /// earlier releases.
    /// </summary>
    public long? CoreMilliseconds { get; init; }

    /// <summary>The position in the order in which runs began.</summary>
    public long Sequence { get; init; }

    /// <summary>The number of result rows; null while it runs.</summary>
    public long? Frames { get; init; }

    /// <summary>The number of result rows with an error; null while it runs.</summary>
    public long? Failures { get; init; }

    /// <summary>The skipped frames; null for none, and while it runs.</summary>
    public SkippedFrames? Skipped { get; init; }
}
