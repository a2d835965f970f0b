using System.Text.Json;
using Hutch.Model.Analyses;

namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>A run begins: who ran what, with which parameters, on which inputs.</summary>
    public sealed record RunStarted(
        Guid Run, RunDescription Description, IReadOnlyList<VersionReference> Inputs, IReadOnlyList<DatasetId> Outputs) : JournalRecord;

    /// <summary>A run ended.</summary>
    /// <param name="Run">Which one.</param>
    /// <param name="Outcome">How it ended.</param>
    /// <param name="Message">What it says at its end.</param>
    /// <param name="Inputs">
    /// What it has read, when that was not known at its start: the fixed versions of what it followed. Null keeps what was said.
    /// </param>
    /// <param name="Frames">Result rows that it wrote.</param>
    /// <param name="Failures">Those that say an error.</param>
    /// <param name="Skipped">Frames that it has skipped; null for none.</param>
    public sealed record RunFinished(
        Guid Run, RunOutcome Outcome, string? Message, IReadOnlyList<VersionReference>? Inputs = null,
        long? Frames = null, long? Failures = null, SkippedFrames? Skipped = null) : JournalRecord;

    /// <summary>
    /// The home of a dataset says of a run that wrote to it how it stands: all of it, in place of what was known of it here. Nobody here
    /// carries it out.
    /// </summary>
    /// <param name="Dataset">The dataset of which this site has a copy.</param>
    /// <param name="Run">Which one.</param>
    /// <param name="Description">What was recorded when it began.</param>
    /// <param name="Started">When it began: milliseconds since 1970.</param>
    /// <param name="Inputs">What it read.</param>
    /// <param name="Outputs">What it wrote.</param>
    /// <param name="Finished">When it ended; null while it runs.</param>
    /// <param name="Outcome">How it ended, in a word; null while it runs.</param>
    /// <param name="Message">What it said at its end.</param>
    /// <param name="Frames">Result rows that it wrote; null while it runs.</param>
    /// <param name="Failures">Those that say an error; null while it runs.</param>
    /// <param name="Skipped">Frames that it has skipped; null for none.</param>
    public sealed record RunCopied(
        DatasetId Dataset, Guid Run, RunDescription Description, long Started, IReadOnlyList<VersionReference> Inputs,
        IReadOnlyList<DatasetId> Outputs, long? Finished, string? Outcome, string? Message, long? Frames, long? Failures,
        SkippedFrames? Skipped) : JournalRecord;

    /// <summary>The result of a run for one frame. The same frame and run again changes nothing.</summary>
    /// <param name="Dataset">The following dataset that keeps it.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Frame">Number of the frame, from 1.</param>
    /// <param name="Row">The result, as the analysis wrote it.</param>
    public sealed record ResultRow(DatasetId Dataset, Guid Run, long Frame, JsonElement Row) : JournalRecord;

    /// <summary>Somebody put a message into a queue of the bus inside the process.</summary>
    /// <param name="Queue">The queue's name.</param>
    /// <param name="Headers">Names and values beside the body; null for none.</param>
    /// <param name="Body">The message.</param>
    public sealed record MessagePublished(string Queue, IReadOnlyDictionary<string, string>? Headers, JsonElement Body) : JournalRecord;
}
