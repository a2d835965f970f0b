using Hutch.Model.Records;

namespace Hutch.Contracts;

/// <summary>A part of a run: a folder of the results with a command of its own.</summary>
public sealed record PartInfo
{
    /// <summary>Path of its folder in the results.</summary>
    public required string Part { get; init; }

    /// <summary>Number of its newest attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary><c>running</c>, <c>done</c> or <c>failed</c>.</summary>
    public required PartState State { get; init; }

    /// <summary>Final message; the reason if it failed.</summary>
    public string? Message { get; init; }

    /// <summary>Files in its folder, if it is done.</summary>
    public long Files { get; init; }

    /// <summary>Size of these files.</summary>
    public long Bytes { get; init; }

    public required DateTimeOffset Started { get; init; }

    public DateTimeOffset? Finished { get; init; }
}

/// <summary>Number of parts of a run in each state.</summary>
public sealed record PartCountsInfo
{
    public required long Running { get; init; }

    public required long Done { get; init; }

    public required long Failed { get; init; }

    /// <summary>Number of parts that the run was started for; absent if it is not known.</summary>
    public int? Expected { get; init; }
}

/// <summary>Begins an attempt of a part. From now on, earlier attempts change nothing.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BeginPart
{
    /// <summary>Path of its folder in the results. No folder of a part is inside that of another one.</summary>
    public required string Part { get; init; }

    /// <summary>Random id of this attempt; for an attempt of a run, that of its node.</summary>
    public required Guid Claim { get; init; }

    /// <summary>True to leave a part that is done as it is, and get its state.</summary>
    public bool? UnlessDone { get; init; }
}

/// <summary>Ends an attempt of a part that changes nothing in the results.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FailPart
{
    public required string Part { get; init; }

    /// <summary>Id of this attempt.</summary>
    public required Guid Claim { get; init; }

    /// <summary>The reason.</summary>
    public string? Message { get; init; }
}

/// <summary>The part that a commit ends.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PartCommit
{
    /// <summary>Id of the run.</summary>
    public required Guid Run { get; init; }

    public required string Part { get; init; }

    /// <summary>Id of this attempt.</summary>
    public required Guid Claim { get; init; }

    /// <summary>Final message.</summary>
    public string? Message { get; init; }
}
