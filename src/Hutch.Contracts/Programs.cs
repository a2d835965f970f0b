using Hutch.Model.Parameters;
using Hutch.Model.Records;

namespace Hutch.Contracts;

/// <summary>A program that the server starts on behalf of users.</summary>
public sealed record ProgramInfo
{
    /// <summary>Name in requests and commands.</summary>
    public required string Name { get; init; }

    /// <summary>Label for display.</summary>
    public required string Title { get; init; }

    /// <summary>Purpose.</summary>
    public string? Description { get; init; }

    /// <summary>Version, recorded in each run.</summary>
    public required string Version { get; init; }

    /// <summary>SHA-256 of its document. A run keeps the document with which it was started.</summary>
    public required string Digest { get; init; }

    /// <summary>True if the caller may start it on datasets from which the caller may derive.</summary>
    public required bool MayStart { get; init; }

    /// <summary>Reason why it does not fit the dataset for which it was listed; absent if it does.</summary>
    public string? Misfit { get; init; }

    /// <summary>Groups whose members may start it; absent for everyone.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Types of datasets that it takes, with the types that inherit from them; absent for any.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Patterns of the files that it reads; absent for all.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>True if it takes closed datasets only, false for open ones only; absent for both.</summary>
    public bool? Closed { get; init; }

    /// <summary>Rule by which it starts by itself where it is switched on, such as <c>closed</c>; absent for starts by hand.</summary>
    public string? When { get; init; }

    /// <summary>True if the caller has switched it on for all of the caller's own datasets.</summary>
    public bool? OnForAll { get; init; }

    /// <summary>Datasets for which the caller has switched it on, by id; absent for none.</summary>
    public IReadOnlyList<DatasetId>? OnFor { get; init; }

    /// <summary>Further inputs, in the order of the document; absent for none.</summary>
    public IReadOnlyList<ProgramInputInfo>? Inputs { get; init; }

    /// <summary>Dataset with the root file system in which its command runs; absent for that of the node.</summary>
    public string? Image { get; init; }

    /// <summary>Parameters in the order of the document.</summary>
    public IReadOnlyList<ParameterDeclaration> Parameters { get; init; } = [];

    /// <summary>Command, word by word, with placeholders; absent in lists.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Pattern of the input files with a command each; absent for one command.</summary>
    public string? Each { get; init; }

    /// <summary>Number of such files with a command at the same time; absent for one.</summary>
    public int? Parallel { get; init; }

    /// <summary>Engine that executes it.</summary>
    public required string Engine { get; init; }

    /// <summary>Site where it runs, or `auto` for one with the bytes of the input; absent for the site that is asked.</summary>
    public string? Site { get; init; }

    /// <summary>
    /// Reason why a start by its rule, on behalf of the caller, waits on the dataset for which it was listed; absent for none.
    /// </summary>
    public string? Waits { get; init; }

    /// <summary>Processor cores of a command.</summary>
    public required int Cores { get; init; }

    /// <summary>Memory of each of its processes, bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Longest time of a run, seconds.</summary>
    public required long Seconds { get; init; }

    /// <summary>Most attempts of a run.</summary>
    public required int Attempts { get; init; }

    /// <summary>Ends of attempts after which there is another one: `lost`, `time-limit`, `exit-code 75`.</summary>
    public required IReadOnlyList<string> RetriedAfter { get; init; }

    /// <summary>Delay before the second attempt, seconds; it doubles with each further one. Absent for none.</summary>
    public long? RetryDelaySeconds { get; init; }

    /// <summary>Longest delay before an attempt, seconds; absent for none.</summary>
    public long? RetryMaxDelaySeconds { get; init; }

    /// <summary>Type of its results.</summary>
    public required string OutputType { get; init; }

    /// <summary>The YAML document; absent in lists.</summary>
    public string? Document { get; init; }
}

/// <summary>A further input of a program.</summary>
public sealed record ProgramInputInfo
{
    /// <summary>Name in requests and commands.</summary>
    public required string Name { get; init; }

    /// <summary>Label for display.</summary>
    public required string Title { get; init; }

    /// <summary>Rule that selects it from the datasets of the first input's owner, for display.</summary>
    public required string Rule { get; init; }

    /// <summary>True if the program runs without it.</summary>
    public required bool Optional { get; init; }
}

/// <summary>Starts a run of a program.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartProgram
{
    /// <summary>Dataset that the program reads.</summary>
    public required DatasetId Input { get; init; }

    /// <summary>Version of the input: a snapshot's number, tag or hash prefix. Default: the newest; the head becomes a snapshot.</summary>
    public string? At { get; init; }

    /// <summary>Name of the dataset for the results. Default: that of the program's document.</summary>
    public string? Output { get; init; }

    /// <summary>Title of the results. Default: that of the program's document.</summary>
    public string? Title { get; init; }

    /// <summary>Datasets for further inputs, by name; the rule of the program chooses the others.</summary>
    public IReadOnlyDictionary<string, DatasetId>? Inputs { get; init; }

    /// <summary>Parameters by name. Numbers and booleans can be text.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    /// <summary>
    /// Policy for a result of the same program, versions and parameters that the caller can read: `start` computes it again, `refuse`
    /// refuses with its name, `reuse` answers with its run. Default: `start`.
    /// </summary>
    public string? IfSame { get; init; }

    /// <summary>
    /// Site where it runs: a name, or `auto` for one with the bytes of the input. Default: what the program's document says, or else the
    /// site that is asked.
    /// </summary>
    public string? Site { get; init; }
}

/// <summary>A result of the same program with the same parameters on the same versions.</summary>
public sealed record SameResultInfo
{
    /// <summary>Id of the run that computed it.</summary>
    public required string Run { get; init; }

    /// <summary>Dataset that has it.</summary>
    public required DatasetId Dataset { get; init; }

    /// <summary>Name of this dataset, <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Number of the snapshot that has it.</summary>
    public required long Snapshot { get; init; }
}

/// <summary>Switches a program on, so that it starts by itself.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EnableProgram
{
    /// <summary>Dataset for which it is switched on. Default: all datasets of the caller, now and later.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>Parameters of its starts, by name. Numbers and booleans can be text.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }
}

/// <summary>Switches a program off.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DisableProgram
{
    /// <summary>Dataset for which it was switched on. Default: all datasets of the caller.</summary>
    public DatasetId? Dataset { get; init; }
}

/// <summary>State of the attempts of a run that an engine of the site executes.</summary>
public sealed record RunAttemptInfo
{
    /// <summary>Number of the newest attempt; 0 before the first.</summary>
    public required int Number { get; init; }

    /// <summary>Runs that wait for an engine and were started before it; absent unless it waits, and in lists.</summary>
    public long? Ahead { get; init; }

    /// <summary>Engine that has it.</summary>
    public string? Engine { get; init; }

    /// <summary>Machine that executes it; shown only to users who can write one of the run's datasets.</summary>
    public string? Node { get; init; }

    /// <summary>Reason why it waits, if it waits again or for its budget.</summary>
    public string? Reason { get; init; }

    /// <summary>Time before which the next attempt does not start; absent for no delay.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>SHA-256 of the program's document.</summary>
    public required string Digest { get; init; }

    /// <summary>Processor time of its attempts that have ended, in seconds of one core; absent for runs of earlier releases.</summary>
    public double? CoreSeconds { get; init; }
}

/// <summary>Claims an attempt for a node, before it stages anything.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ClaimAttempt
{
    /// <summary>Random id of the node's claim. The same claim again is accepted, another one is refused.</summary>
    public required Guid Claim { get; init; }

    /// <summary>Name of the machine.</summary>
    public required string Node { get; init; }
}

/// <summary>The work of an attempt.</summary>
public sealed record AttemptInfo
{
    /// <summary>Command, word by word; <c>{input}</c> and <c>{output}</c> stand for folders.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Inputs, each at a snapshot.</summary>
    public required IReadOnlyList<RunInput> Inputs { get; init; }

    /// <summary>Patterns of the files to stage; none for all.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>True if the node mounts its inputs where it can, except the image, and does not copy them.</summary>
    public bool Mount { get; init; }

    /// <summary>
    /// Pattern of the files of the first input that are a part each; absent for one command. <c>{file}</c> stands for the file's path.
    /// </summary>
    public string? Each { get; init; }

    /// <summary>Number of these files with a command at the same time; absent for one.</summary>
    public int? Parallel { get; init; }

    /// <summary>Dataset for the results.</summary>
    public required DatasetId Output { get; init; }

    /// <summary>Patterns of files that the results must have.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>Limits of each command.</summary>
    public required TaskLimits Limits { get; init; }

    /// <summary>Bytes that the quota of the owner of the results leaves; absent without a quota.</summary>
    public long? RoomBytes { get; init; }
}

/// <summary>A sign of life of a node.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NoteAttempt
{
    /// <summary>The node's claim.</summary>
    public required Guid Claim { get; init; }

    /// <summary>Last bytes of the command's output, at most 65 536; absent if there is nothing new.</summary>
    public byte[]? Log { get; init; }
}

/// <summary>Ends an attempt and its run: alone, or in the commit of a push of its results.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FinishAttempt
{
    /// <summary>The node's claim.</summary>
    public required Guid Claim { get; init; }

    /// <summary><c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required RunOutcome State { get; init; }

    /// <summary>Final message; the reason if it failed.</summary>
    public string? Message { get; init; }

    /// <summary>Kind of the failure; absent for none. By its program's policy, the run then gets another attempt.</summary>
    public AttemptFailure? Failure { get; init; }

    /// <summary>Exit code of the command, if this is the failure.</summary>
    public int? ExitCode { get; init; }
}
