using Hutch.Model.Records;

namespace Hutch.Contracts;

/// <summary>A run of a program, with its inputs and outputs.</summary>
public sealed record RunInfo
{
    public required string Id { get; init; }

    /// <summary>Name of the program.</summary>
    public required string Program { get; init; }

    public required string Version { get; init; }

    /// <summary>Declaration of the foreign step, with its columns; absent for all other programs.</summary>
    public StepDeclaration? Step { get; init; }

    /// <summary>Command line, if there was one.</summary>
    public string? Command { get; init; }

    public JsonElement? Parameters { get; init; }

    /// <summary>Further facts needed to repeat it. The machine's name is shown only to users who can write one of its datasets.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    public IReadOnlyList<RunInput> Inputs { get; init; } = [];

    /// <summary>Output datasets.</summary>
    public IReadOnlyList<DatasetId> Outputs { get; init; } = [];

    /// <summary>Names of its datasets, <c>owner/slug</c>, by their ids; those that the caller may see.</summary>
    public IReadOnlyDictionary<string, string>? Names { get; init; }

    /// <summary>Account for which it ran.</summary>
    public string? User { get; init; }

    /// <summary>Id of the token that it used; shown only to users who can write one of its datasets.</summary>
    public string? Token { get; init; }

    /// <summary>Namespace of the workers that execute it; absent for <c>default</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// <c>queued</c>, <c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>; <c>handed-over</c> in a list for a run that was asked
    /// for here and is at another site, which a request for this run asks for its state.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Name of the other site that executes it; absent for this one.</summary>
    public string? Site { get; init; }

    /// <summary>Id of the run that it repeats, to compare the results; absent for all other runs.</summary>
    public string? Repeats { get; init; }

    /// <summary>
    /// Result of the same work that existed at its start; only in the answer to a start. If its run is this one, nothing was started.
    /// </summary>
    public SameResultInfo? Same { get; init; }

    /// <summary>State of its attempts, if an engine of this site executes it.</summary>
    public RunAttemptInfo? Attempt { get; init; }

    /// <summary>Number of its parts in each state; absent in lists, and for a run without parts.</summary>
    public PartCountsInfo? Parts { get; init; }

    /// <summary>Final message; the reason if it failed.</summary>
    public string? Message { get; init; }

    public required DateTimeOffset Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary>Frames processed.</summary>
    public long Frames { get; init; }

    /// <summary>Frames that failed.</summary>
    public long Failures { get; init; }

    /// <summary>
    /// Frames that were skipped by the run's policy because they arrived faster than they were analysed; absent for none. While it runs,
    /// only in a request for this run, at the server that executes it.
    /// </summary>
    public SkippedFrames? Skipped { get; init; }

    /// <summary>
    /// Live state of its frames. Only in a request for one run that this server executes, or that ended here a short while ago.
    /// </summary>
    public RunLive? Live { get; init; }
}

/// <summary>Live state of a run's frames.</summary>
public sealed record RunLive
{
    /// <summary>Stored frames that wait for a worker. Of frames that the run does not know yet, at most 10 000 are counted.</summary>
    public required long Waiting { get; init; }

    /// <summary>Frames leased to workers.</summary>
    public required int InWork { get; init; }

    /// <summary>
    /// Time since the last byte of the oldest frame without a result was received, in milliseconds; 0 if there is none. Absent if the
    /// frames have no time of arrival; those of a captured stream have one.
    /// </summary>
    public double? LagMilliseconds { get; init; }

    /// <summary>Number of results of frames with a time of arrival, on which the following times are based.</summary>
    public long Measured { get; init; }

    /// <summary>
    /// Time from the last byte of a frame received by `hutch capture` to its published result (durable, and visible to readers), in
    /// milliseconds: the median. Measured by the clocks of both machines.
    /// </summary>
    public double? MillisecondsMedian { get; init; }

    /// <summary>The same, for all but one in a hundred.</summary>
    public double? Milliseconds99 { get; init; }

    /// <summary>Progress of its rows to its callback address; absent for none, or after the end.</summary>
    public RunCallbackInfo? Callback { get; init; }
}

/// <summary>Progress of a run's rows to its callback address.</summary>
public sealed record RunCallbackInfo
{
    /// <summary>Rows that it accepted.</summary>
    public required long Rows { get; init; }

    /// <summary>Current failure; absent for none. The rows wait.</summary>
    public string? Trouble { get; init; }
}

/// <summary>Records a run that the caller executes.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartRun
{
    /// <summary>Name of the program.</summary>
    public required string Program { get; init; }

    /// <summary>Version of the program. Default: <c>unknown</c>.</summary>
    public string? Version { get; init; }

    /// <summary>Command line, without secrets.</summary>
    public string? Command { get; init; }

    /// <summary>
    /// Further facts needed to repeat it, without secrets; <c>machine</c> is shown only to users who can write the output.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Inputs, each at a snapshot.</summary>
    public required IReadOnlyList<RunInput> Inputs { get; init; }

    /// <summary>The output dataset, which exists and is open.</summary>
    public required DatasetId Output { get; init; }

    /// <summary>
    /// Number of parts that write the output, 0 if it is not known; absent for a run without parts. A run in progress with the same
    /// command, inputs and number is joined.
    /// </summary>
    public int? Parts { get; init; }
}

/// <summary>Records the end of a run that the caller executed.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FinishRun
{
    /// <summary><c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required RunOutcome State { get; init; }

    /// <summary>Final message; the reason if it failed.</summary>
    public string? Message { get; init; }
}

/// <summary>An input of a run.</summary>
public sealed record RunInput
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Snapshot of the dataset; absent while the dataset is open.</summary>
    public long? Snapshot { get; init; }

    /// <summary>Name of a further input in the program's document, <c>image</c> for that in which it runs; absent for the first.</summary>
    public string? Name { get; init; }
}

/// <summary>A run that <c>datalad run</c> recorded in the message of a commit, as the author of the commit claims.</summary>
public sealed record ClaimedRunInfo
{
    /// <summary>The commit.</summary>
    public required string Commit { get; init; }

    /// <summary>The name of the author that the commit gives.</summary>
    public required string Author { get; init; }

    /// <summary>The time that the commit gives.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The first line of the message.</summary>
    public required string Message { get; init; }

    /// <summary>The command; absent if its record is in a file of the dataset.</summary>
    public string? Command { get; init; }

    /// <summary>Paths of its inputs, 100 at most.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Paths of its outputs, 100 at most.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>The command that runs it again, in a clone by git.</summary>
    public required string Rerun { get; init; }
}

/// <summary>Ancestors and descendants of a dataset that the caller may see.</summary>
public sealed record Lineage
{
    /// <summary>All datasets from which it was made.</summary>
    public IReadOnlyList<DatasetInfo> Ancestors { get; init; } = [];

    /// <summary>All datasets made from it.</summary>
    public IReadOnlyList<DatasetInfo> Descendants { get; init; } = [];

    /// <summary>Runs that read or wrote it.</summary>
    public IReadOnlyList<RunInfo> Runs { get; init; } = [];

    /// <summary>
    /// Runs that commits of git claim, newest first: the newest 100 in the last 1000 commits of the main branch. This server did not see
    /// them. They are listed for callers with the right to read.
    /// </summary>
    public IReadOnlyList<ClaimedRunInfo>? Claimed { get; init; }

    /// <summary>True if the lists are incomplete.</summary>
    public bool? Truncated { get; init; }
}
