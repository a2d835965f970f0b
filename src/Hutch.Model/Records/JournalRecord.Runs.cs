using System.Text.Json;
using Hutch.Model.Analyses;

namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>A run began: its program, parameters and inputs, and its user.</summary>
    public sealed record RunStarted(
        Guid Run, RunDescription Description, IReadOnlyList<VersionReference> Inputs, IReadOnlyList<DatasetId> Outputs) : JournalRecord;

    /// <param name="Inputs">
    /// The inputs if they were not known at the start: the versions of followed datasets. Null leaves them unchanged.
    /// </param>
    /// <param name="Frames">The number of result rows.</param>
    /// <param name="Failures">The number of result rows with an error.</param>
    public sealed record RunFinished(
        Guid Run, RunOutcome Outcome, string? Message, IReadOnlyList<VersionReference>? Inputs = null,
        long? Frames = null, long? Failures = null, SkippedFrames? Skipped = null) : JournalRecord;

    /// <summary>
    /// The complete state of a run, as the home of a dataset to which it wrote reports it. It replaces what was known of the run here. The
    /// run is not executed at this site.
    /// </summary>
    /// <param name="Started">The start, in milliseconds since 1970.</param>
    /// <param name="Finished">The end; null while it runs.</param>
    /// <param name="Outcome">The outcome in a word; null while it runs.</param>
    /// <param name="Frames">The number of result rows; null while it runs.</param>
    /// <param name="Failures">The number of result rows with an error; null while it runs.</param>
    public sealed record RunCopied(
        DatasetId Dataset, Guid Run, RunDescription Description, long Started, IReadOnlyList<VersionReference> Inputs,
        IReadOnlyList<DatasetId> Outputs, long? Finished, string? Outcome, string? Message, long? Frames, long? Failures,
        SkippedFrames? Skipped) : JournalRecord;

    /// <summary>The result of a run for one frame. A repetition for the same frame and run has no effect.</summary>
    /// <param name="Frame">The number of the frame, from 1.</param>
    public sealed record ResultRow(DatasetId Dataset, Guid Run, long Frame, JsonElement Row) : JournalRecord;

    /// <summary>A message was put into a queue of the bus inside the process.</summary>
    public sealed record MessagePublished(string Queue, IReadOnlyDictionary<string, string>? Headers, JsonElement Body) : JournalRecord;
}
