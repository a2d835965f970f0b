using Hutch.Model.Analyses;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.Model.Histories;

/// <summary>A run that wrote to the dataset. Runs are in the order of their start.</summary>
/// <param name="Started">The start, in milliseconds since 1970.</param>
/// <param name="Inputs">The inputs, in order.</param>
/// <param name="Outputs">The outputs: only the dataset.</param>
public sealed record RunFact(
    Guid Run, string Program, string Version, string User, long Started, IReadOnlyList<RunRead> Inputs, IReadOnlyList<DatasetId> Outputs)
    : HistoryFact
{
    internal const string Kind = "run";

    public string? Command { get; init; }

    public JsonElement? Parameters { get; init; }

    /// <summary>The environment; null if unknown.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The id (never the secret) of the token that started the run.</summary>
    public string? Token { get; init; }

    /// <summary>The namespace of the workers that execute it; null for the default namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>True if the program that started the run executes it itself; null if the home's workers do.</summary>
    public bool? External { get; init; }

    /// <summary>The declaration of the foreign step that it ran; null for all other programs.</summary>
    public StepDeclaration? Step { get; init; }

    /// <summary>The run that it repeats; null for all other runs.</summary>
    public RepeatedRun? Repeats { get; init; }

    /// <summary>The end, in milliseconds since 1970; null while it runs.</summary>
    public long? Finished { get; init; }

    /// <summary>The outcome in a word; null while it runs.</summary>
    public string? Outcome { get; init; }

    public string? Message { get; init; }

    /// <summary>The number of result rows; null while it runs.</summary>
    public long? Frames { get; init; }

    /// <summary>The number of result rows with an error; null while it runs.</summary>
    public long? Failures { get; init; }

    /// <summary>The skipped frames; null for none, and while it runs.</summary>
    public SkippedFrames? Skipped { get; init; }

    /// <summary>The line of the document; empty if it was not read from one.</summary>
    internal ReadOnlyMemory<byte> Line { get; init; }

    public static RunFact From(SiteRun run)
    {
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
            Step = of.Step,
            Repeats = of.Repeats,
            Finished = run.Finished,
            Outcome = run.Outcome,
            Message = run.Message,
            Frames = run.Frames,
            Failures = run.Failures,
            Skipped = run.Skipped,
        };
    }

    public JournalRecord.RunCopied ToRecord(DatasetId dataset) => new(
        dataset, Run,
        new RunDescription(Program, Version, Command, Parameters, Environment, User, Token, Namespace)
        {
            IsExternal = External,
            Step = Step,
            Repeats = Repeats,
        },
        Started, [.. Inputs.Select(static read => new VersionReference(read.Dataset, read.Snapshot, read.Root))], Outputs,
        Finished, Outcome, Message, Frames, Failures, Skipped);

    /// <summary>Returns true if both facts have equal bytes.</summary>
    public bool IsSame(RunFact other) => Write(this).AsSpan().SequenceEqual(Write(other));

    private static byte[] Write(RunFact fact) => JsonSerializer.SerializeToUtf8Bytes(fact, HistoryJson.Default.HistoryFact);
}

/// <param name="Snapshot">The number of the snapshot; null while the run follows an open dataset.</param>
public sealed record RunRead(DatasetId Dataset, long? Snapshot = null, BlobHash? Root = null);
