using Hutch.Model.Analyses;
using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <summary>A run: who ran what on which inputs, and how it ended.</summary>
/// <param name="Description">Program, version, parameters, environment, user.</param>
/// <param name="Started">Milliseconds since 1970.</param>
/// <param name="Finished">Milliseconds since 1970; null while it runs.</param>
/// <param name="Outcome"><c>done</c>, <c>failed</c> or <c>cancelled</c>; null while it runs.</param>
/// <param name="Message">What it said at its end.</param>
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
    /// <summary>The state in a word: <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public string State => Outcome ?? "running";

    /// <summary>Its place in the order in which runs began.</summary>
    public long Sequence { get; init; }

    /// <summary>Result rows that it wrote; null while it runs.</summary>
    public long? Frames { get; init; }

    /// <summary>Rows that say an error; null while it runs.</summary>
    public long? Failures { get; init; }

    /// <summary>Frames that it has skipped; null for none, and while it runs.</summary>
    public SkippedFrames? Skipped { get; init; }
}
