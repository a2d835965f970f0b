namespace Hutch.Contracts;

/// <summary>Starts the program of a run again.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartRerun
{
    /// <summary>Name of the dataset for the new results. Default: that of the former ones with <c>-rerun</c>.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// True to bring back the evicted bytes of the former results. They are served when every file was compared and is equal.
    /// </summary>
    public bool Restore { get; init; }
}

/// <summary>Outcome of a comparison of results with those that were computed again.</summary>
public sealed record StatementInfo
{
    /// <summary>Run that repeated another one.</summary>
    public required string Rerun { get; init; }

    /// <summary>Run that was repeated; absent without a statement.</summary>
    public string? Run { get; init; }

    /// <summary>Outcome in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>True if every file is equal, within the program's tolerance, or declared to differ by nature.</summary>
    public required bool Reproduced { get; init; }

    /// <summary>True if a site of the zone signed it. A statement without it proves nothing.</summary>
    public required bool Trusted { get; init; }

    /// <summary>Site that compared.</summary>
    public string? Site { get; init; }

    /// <summary>Time of the comparison.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Dataset that was repeated.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>Version of the dataset that was reproduced, or not; absent without a statement.</summary>
    public long? Snapshot { get; init; }

    /// <summary>
    /// Files that were added, changed or removed in the dataset since that version, 1000 for more; absent if the dataset is as it was.
    /// </summary>
    public int? ChangedSince { get; init; }

    /// <summary>Dataset with the new results.</summary>
    public DatasetId? Results { get; init; }

    /// <summary>Files that were compared: all but those that differ by nature.</summary>
    public long Files { get; init; }

    /// <summary>Files with the same bytes.</summary>
    public long Equal { get; init; }

    /// <summary>Files whose numbers differ within the program's tolerance.</summary>
    public long Within { get; init; }

    /// <summary>All other files.</summary>
    public long Different { get; init; }

    /// <summary>Files that differ by nature, as the program declares.</summary>
    public long ByNature { get; init; }

    /// <summary>Files that are not equal, at most 100 of each kind, with how they differ.</summary>
    public IReadOnlyList<ComparedFileInfo> Unequal { get; init; } = [];

    /// <summary>The statement, as it was signed; absent without one.</summary>
    public string? Document { get; init; }

    /// <summary>Public key of the site and its signature of the document's bytes, base64, with a dot between.</summary>
    public string? Proof { get; init; }
}

/// <summary>A file that is not equal in both results.</summary>
public sealed record ComparedFileInfo
{
    public required string Path { get; init; }

    /// <summary><c>different</c>, <c>within</c> or <c>by-nature</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Description of the difference.</summary>
    public required string How { get; init; }
}

/// <summary>Adds a statement of another site to the dataset that it is about.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AddStatement
{
    /// <summary>The statement, as it was signed.</summary>
    public required string Document { get; init; }

    /// <summary>Public key and signature.</summary>
    public required string Proof { get; init; }
}
