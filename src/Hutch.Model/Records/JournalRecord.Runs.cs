using System.Text.Json;

namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>A run begins: who ran what, with which parameters, on which inputs.</summary>
    public sealed record RunStarted(Guid Run, RunDescription Description, IReadOnlyList<ParentReference> Inputs, IReadOnlyList<DatasetId> Outputs) : JournalRecord;

    /// <summary>A run is over.</summary>
    public sealed record RunFinished(Guid Run, RunOutcome Outcome, string? Message) : JournalRecord;

    /// <summary>The result of a run for one frame. The same frame and run again changes nothing.</summary>
    /// <param name="Dataset">The following dataset that keeps it.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Frame">Number of the frame, from 1.</param>
    /// <param name="Row">The result, as the analysis wrote it.</param>
    public sealed record ResultRow(DatasetId Dataset, Guid Run, long Frame, JsonElement Row) : JournalRecord;
}
