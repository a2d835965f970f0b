namespace Hutch.Contracts;

/// <summary>
/// How often a dataset was downloaded from this site. What one reader fetches in one go, for an hour at most, is one download.
/// </summary>
public sealed record DatasetDownloads
{
    /// <summary>How often in all.</summary>
    public required long Times { get; init; }

    /// <summary>How much in all, without archives, whose size nobody knows beforehand.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many accounts did.</summary>
    public required long People { get; init; }

    /// <summary>When for the first time; absent for never.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>By all that were not logged in, also with a share link; absent for never.</summary>
    public ReaderDownloads? Strangers { get; init; }

    /// <summary>By accounts, who downloaded last first; at most 1000.</summary>
    public required IReadOnlyList<ReaderDownloads> Members { get; init; }
}

/// <summary>How often somebody downloaded a dataset.</summary>
public sealed record ReaderDownloads
{
    /// <summary>The account; absent for those that were not logged in.</summary>
    public string? User { get; init; }

    /// <summary>How often.</summary>
    public required long Times { get; init; }

    /// <summary>How much, without archives.</summary>
    public required long Bytes { get; init; }

    /// <summary>When for the first time.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>When for the last time.</summary>
    public required DateTimeOffset Last { get; init; }
}
