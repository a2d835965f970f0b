using System.Text.Json;
using System.Text.Json.Serialization;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Records;

namespace Hutch.Contracts;

/// <summary>A run of a program: what went in and what came out.</summary>
public sealed record RunInfo
{
    public required string Id { get; init; }

    /// <summary>Name of the program.</summary>
    public required string Program { get; init; }

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>Command line, if there was one.</summary>
    public string? Command { get; init; }

    public JsonElement? Parameters { get; init; }

    /// <summary>What else is needed to repeat it. The machine's name is there only for those who may write one of its datasets.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>What it read.</summary>
    public IReadOnlyList<RunInput> Inputs { get; init; } = [];

    /// <summary>Datasets it wrote.</summary>
    public IReadOnlyList<DatasetId> Outputs { get; init; } = [];

    /// <summary>Account it ran for.</summary>
    public string? User { get; init; }

    /// <summary>Id of the token it used; only for those who may write one of its datasets.</summary>
    public string? Token { get; init; }

    /// <summary>The workers that carry it out: those of this namespace; absent for <c>default</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string State { get; init; }

    /// <summary>What it reported at its end; if it failed, why.</summary>
    public string? Message { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Frames processed.</summary>
    public long Frames { get; init; }

    /// <summary>Frames that failed.</summary>
    public long Failures { get; init; }

    /// <summary>
    /// Frames that it has skipped, because they came faster than they were analysed and it was started so; absent if there are none. While
    /// it runs, only when one run is asked for, at the server that carries it out.
    /// </summary>
    public SkippedFrames? Skipped { get; init; }

    /// <summary>
    /// How it stands with its frames, when one run is asked for that this server carries out, or that ended here a short while ago.
    /// </summary>
    public RunLive? Live { get; init; }
}

/// <summary>How a run stands with its frames now.</summary>
public sealed record RunLive
{
    /// <summary>Stored frames that wait for a worker; beside those that the run knows of, at most 10 000 are counted.</summary>
    public required long Waiting { get; init; }

    /// <summary>Frames that a worker has.</summary>
    public required int InWork { get; init; }

    /// <summary>
    /// How long ago the last byte of the oldest frame without a result was received, in milliseconds; 0 when there is none. Absent if the
    /// frames do not say: those of a captured stream do.
    /// </summary>
    public double? LagMilliseconds { get; init; }

    /// <summary>Results of frames that say when they were received: the times below are of these.</summary>
    public long Measured { get; init; }

    /// <summary>
    /// From the last byte of a frame received by `hutch capture` to its result published (durable, and visible to readers), in
    /// milliseconds: the median. By the clocks of both machines.
    /// </summary>
    public double? MillisecondsMedian { get; init; }

    /// <summary>The same, for all but one in a hundred.</summary>
    public double? Milliseconds99 { get; init; }

    /// <summary>How far its rows have gone to the address that it calls; absent when it calls none, or is over.</summary>
    public RunCallbackInfo? Callback { get; init; }
}

/// <summary>How far the rows of a run have gone to the address that it calls.</summary>
public sealed record RunCallbackInfo
{
    /// <summary>Rows that it took.</summary>
    public required long Rows { get; init; }

    /// <summary>What goes wrong now; absent when nothing does. The rows wait.</summary>
    public string? Trouble { get; init; }
}

/// <summary>Says that a run has begun that the caller carries out.</summary>
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
    /// What else is needed to repeat it, without secrets; <c>machine</c> is shown to those who may write the output only.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>What it reads, each at a snapshot.</summary>
    public required IReadOnlyList<RunInput> Inputs { get; init; }

    /// <summary>The dataset that it writes: there already, and open.</summary>
    public required DatasetId Output { get; init; }
}

/// <summary>Says how a run ended that the caller carried out.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FinishRun
{
    /// <summary><c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required RunOutcome State { get; init; }

    /// <summary>What it says at its end; if it failed, why.</summary>
    public string? Message { get; init; }
}

/// <summary>An input of a run.</summary>
public sealed record RunInput
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Snapshot of the dataset; absent while the dataset is open.</summary>
    public long? Snapshot { get; init; }
}

/// <summary>What a dataset was made from and what was made from it, as far as the caller may see.</summary>
public sealed record Lineage
{
    /// <summary>All datasets it was made from.</summary>
    public IReadOnlyList<DatasetInfo> Ancestors { get; init; } = [];

    /// <summary>All datasets made from it.</summary>
    public IReadOnlyList<DatasetInfo> Descendants { get; init; } = [];

    /// <summary>Runs that read or wrote it.</summary>
    public IReadOnlyList<RunInfo> Runs { get; init; } = [];

    /// <summary>True if there is more than is listed.</summary>
    public bool? Truncated { get; init; }
}
