using System.Text.Json;
using System.Text.Json.Serialization;

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

/// <summary>What is known of a run when it begins.</summary>
/// <param name="Program">The program, as <c>hutch/per-image-analysis</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="Command">The command line, if there was one. Without secrets.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Environment">Where it ran: machine, runtime, processor.</param>
/// <param name="User">Who started it.</param>
/// <param name="Token">The id (never the secret) of the token it was started with.</param>
public sealed record RunDescription(
    string Program,
    string Version,
    string? Command,
    JsonElement? Parameters,
    IReadOnlyDictionary<string, string>? Environment,
    string User,
    string? Token);

/// <summary>How a run ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunOutcome>))]
public enum RunOutcome
{
    /// <summary>All of its input was processed.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>It stopped with an error.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Somebody stopped it.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
