namespace Hutch.Contracts;

/// <summary>Downloads of a dataset from this site. Continuous reading by one reader, for an hour at most, is one download.</summary>
public sealed record DatasetDownloads
{
    /// <summary>Number of downloads.</summary>
    public required long Times { get; init; }

    /// <summary>Downloaded bytes, without archives, whose size is not known beforehand.</summary>
    public required long Bytes { get; init; }

    /// <summary>Number of accounts that downloaded it.</summary>
    public required long People { get; init; }

    /// <summary>Time of the first download; absent for none.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Downloads without a login, including those with a share link; absent for none.</summary>
    public ReaderDownloads? Strangers { get; init; }

    /// <summary>Downloads by accounts, most recent first; at most 1000.</summary>
    public required IReadOnlyList<ReaderDownloads> Members { get; init; }
}

/// <summary>Downloads of a dataset by one reader.</summary>
public sealed record ReaderDownloads
{
    /// <summary>The account; absent for readers without a login.</summary>
    public string? User { get; init; }

    /// <summary>Number of downloads.</summary>
    public required long Times { get; init; }

    /// <summary>Downloaded bytes, without archives.</summary>
    public required long Bytes { get; init; }

    /// <summary>Time of the first download.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>Time of the last download.</summary>
    public required DateTimeOffset Last { get; init; }
}
