using System.Text.Json;

namespace Hutch.Model.Contracts;

/// <summary>One run of a program: what went in, what came out.</summary>
public sealed record RunInfo
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What ran.</summary>
    public required string Program { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>The command, when there was one.</summary>
    public string? Command { get; init; }

    /// <summary>Its parameters.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>What else matters to repeat it.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>What it read.</summary>
    public IReadOnlyList<RunInput> Inputs { get; init; } = [];

    /// <summary>What it wrote.</summary>
    public IReadOnlyList<DatasetId> Outputs { get; init; } = [];

    /// <summary>For whom.</summary>
    public string? User { get; init; }

    /// <summary>Id of the token it used.</summary>
    public string? Token { get; init; }

    /// <summary><c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string State { get; init; }

    /// <summary>What it said at its end: why it failed.</summary>
    public string? Message { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Frames done.</summary>
    public long Frames { get; init; }

    /// <summary>Frames that failed.</summary>
    public long Failures { get; init; }
}

/// <summary>One input of a run.</summary>
public sealed record RunInput
{
    /// <summary>The dataset.</summary>
    public required DatasetId Dataset { get; init; }

    /// <summary>Its snapshot; absent while it is open.</summary>
    public long? Snapshot { get; init; }
}

/// <summary>Where a dataset comes from and what was made of it, as far as the caller may see.</summary>
public sealed record Lineage
{
    /// <summary>All datasets it was made from.</summary>
    public IReadOnlyList<DatasetInfo> Ancestors { get; init; } = [];

    /// <summary>All datasets made from it.</summary>
    public IReadOnlyList<DatasetInfo> Descendants { get; init; } = [];

    /// <summary>Runs that read or wrote it.</summary>
    public IReadOnlyList<RunInfo> Runs { get; init; } = [];

    /// <summary>True when there is more than is listed.</summary>
    public bool? Truncated { get; init; }
}
