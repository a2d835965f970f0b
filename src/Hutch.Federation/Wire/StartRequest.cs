using System.Text.Json;
using Hutch.Datasets.Programs;

namespace Hutch.Federation.Wire;

/// <summary>The start of a program that one site hands over to another.</summary>
internal sealed record StartRequest
{
    /// <summary>From a joined site: the public part of a token of the account for that site.</summary>
    public string? Token { get; init; }

    /// <summary>From the zone's own site: the account for which it asks.</summary>
    public string? Caller { get; init; }

    /// <summary>From the zone's own site: the number of the feed that the view must have.</summary>
    public long? Sequence { get; init; }

    public required string Program { get; init; }

    public required string Digest { get; init; }

    public required Guid Run { get; init; }

    /// <summary>True to start nothing, and to say whether it would be started.</summary>
    public bool IsTrial { get; init; }

    public string? Site { get; init; }

    public required DatasetId Input { get; init; }

    /// <summary>The version that it reads, as text; null for the newest.</summary>
    public string? At { get; init; }

    public long? Newest { get; init; }

    public bool IsClosed { get; init; }

    public IReadOnlyDictionary<string, DatasetId>? Inputs { get; init; }

    public bool HasInputs { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    public string? Output { get; init; }

    public string? Title { get; init; }

    public string? IfSame { get; init; }

    /// <summary>The rule that starts it; null for a person.</summary>
    public string? Rule { get; init; }

    public int Depth { get; init; }

    public static StartRequest From(string program, ProgramStart start, bool isTrial) => new()
    {
        Program = program,
        Digest = start.Handed!.Digest,
        Run = start.Handed.Run,
        IsTrial = isTrial,
        Site = start.Handed.Site,
        Input = start.Input.Dataset,
        At = start.Input.At?.ToString(),
        Newest = start.Handed.Newest,
        IsClosed = start.Handed.IsClosed,
        Inputs = start.Inputs,
        HasInputs = start.Handed.HasInputs,
        Parameters = start.Parameters,
        Output = start.Output,
        Title = start.Title,
        IfSame = start.IfSame.ToString(),
        Rule = start.Trigger?.Rule,
        Depth = start.Trigger?.Depth ?? 0,
    };

    /// <summary>Reads the start. The sender may have written anything.</summary>
    public Result<ProgramStart> Read()
    {
        if (Run == default || Newest is < 1 or > int.MaxValue || Depth is < 0 or > ProgramTriggers.MaxDepth || Rule?.Length > MaxRule
            || !Enum.TryParse(IfSame ?? nameof(Datasets.Analyses.IfSame.Start), out Datasets.Analyses.IfSame same) || !Enum.IsDefined(same))
        {
            return ErrorCode.InvalidBody.With("The start of a program has a value that cannot be.");
        }

        SnapshotRef? version = null;
        if (At is { } at)
        {
            if (!SnapshotRef.Parse(at).TryGet(out SnapshotRef parsed, out HutchError? refusal))
            {
                return refusal;
            }

            version = parsed;
        }

        return new ProgramStart(
            new ProgramStartInput(Input, version), Parameters ?? new Dictionary<string, JsonElement>())
        {
            Output = Output,
            Title = Title,
            Inputs = Inputs ?? new Dictionary<string, DatasetId>(),
            IfSame = same,
            Trigger = Rule is null ? null : new RunTrigger(Input, Rule, Depth),
            Handed = new HandedStart(Run, Digest) { Site = Site, Newest = Newest, IsClosed = IsClosed, HasInputs = HasInputs },
        };
    }

    private const int MaxRule = 1000;
}

/// <summary>The run that a site has started; without one for a trial that would succeed.</summary>
internal sealed record StartAnswer
{
    public Guid? Run { get; init; }

    public DatasetId? Output { get; init; }

    public string? Name { get; init; }

    public string? Site { get; init; }

    /// <summary>The result of the same work that existed; null for none.</summary>
    public SameLine? Same { get; init; }
}

internal sealed record SameLine(Guid Run, DatasetId Dataset, string Name, long Snapshot);
