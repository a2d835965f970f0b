using System.Text.Json;
using Hutch.Model.Analyses;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.Model.Histories;

/// <summary>A run that wrote to the dataset, in the order in which they began.</summary>
/// <param name="Run">Its id.</param>
/// <param name="Program">The program.</param>
/// <param name="Version">Its version.</param>
/// <param name="User">Who started it.</param>
/// <param name="Started">When it began: milliseconds since 1970.</param>
/// <param name="Inputs">What it read, in order.</param>
/// <param name="Outputs">What it wrote: the dataset alone.</param>
public sealed record RunFact(
    Guid Run, string Program, string Version, string User, long Started, IReadOnlyList<RunRead> Inputs, IReadOnlyList<DatasetId> Outputs)
    : HistoryFact
{
    internal const string Kind = "run";

    /// <summary>The command line; null for none.</summary>
    public string? Command { get; init; }

    /// <summary>Its parameters; null for none.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>Where it ran; null when that is not known.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The id (never the secret) of the token it was started with.</summary>
    public string? Token { get; init; }

    /// <summary>The workers that carried it out; null for those of the default namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether whoever started it carries it out; null when workers of the home do.</summary>
    public bool? External { get; init; }

    /// <summary>When it ended: milliseconds since 1970; null while it runs.</summary>
    public long? Finished { get; init; }

    /// <summary>How it ended, in a word; null while it runs.</summary>
    public string? Outcome { get; init; }

    /// <summary>What it said at its end.</summary>
    public string? Message { get; init; }

    /// <summary>Result rows that it wrote; null while it runs.</summary>
    public long? Frames { get; init; }

    /// <summary>Those that say an error; null while it runs.</summary>
    public long? Failures { get; init; }

    /// <summary>Frames that it has skipped; null for none, and while it runs.</summary>
    public SkippedFrames? Skipped { get; init; }

    /// <summary>The line that says it; empty where it was not read from a document.</summary>
    internal ReadOnlyMemory<byte> Line { get; init; }

    /// <summary>What is recorded of a run.</summary>
    public static RunFact Of(SiteRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        RunDescription of = run.Description;
        return new RunFact(
            run.Id, of.Program, of.Version, of.User, run.Started,
            [.. run.Inputs.Select(static input => new RunRead(input.Dataset, input.Snapshot, input.Root))], run.Outputs)
        {
            Command = of.Command,
            Parameters = of.Parameters,
            Environment = of.Environment,
            Token = of.Token,
            Namespace = of.Namespace,
            External = of.IsExternal,
            Finished = run.Finished,
            Outcome = run.Outcome,
            Message = run.Message,
            Frames = run.Frames,
            Failures = run.Failures,
            Skipped = run.Skipped,
        };
    }

    /// <summary>The record of it where there is a copy of a dataset that it wrote to.</summary>
    public JournalRecord.RunCopied ToRecord(DatasetId dataset) => new(
        dataset, Run,
        new RunDescription(Program, Version, Command, Parameters, Environment, User, Token, Namespace) { IsExternal = External },
        Started, [.. Inputs.Select(static read => new VersionReference(read.Dataset, read.Snapshot, read.Root))], Outputs,
        Finished, Outcome, Message, Frames, Failures, Skipped);

    /// <summary>Whether both say the same.</summary>
    public bool IsSame(RunFact other) => Write(this).AsSpan().SequenceEqual(Write(other));

    private static byte[] Write(RunFact fact) => JsonSerializer.SerializeToUtf8Bytes(fact, HistoryJson.Default.HistoryFact);
}

/// <summary>A version that a run has read.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Snapshot">The number of the snapshot; null for what it follows still.</param>
/// <param name="Root">The root page of that snapshot.</param>
public sealed record RunRead(DatasetId Dataset, long? Snapshot = null, BlobHash? Root = null);
