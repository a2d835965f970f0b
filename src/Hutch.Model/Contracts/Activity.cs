namespace Hutch.Model.Contracts;

/// <summary>What goes on at the site now.</summary>
public sealed record SiteActivity
{
    /// <summary>When this was so.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What is stored, by owner, with its history by day.</summary>
    public required StorageInfo Storage { get; init; }

    /// <summary>Requests and jobs that are under way, the longest first.</summary>
    public IReadOnlyList<TransferInfo> Transfers { get; init; } = [];

    /// <summary>Work by class: always all classes, the most urgent first.</summary>
    public IReadOnlyList<WorkClassInfo> Classes { get; init; } = [];

    /// <summary>The site's jobs since its start, newest first.</summary>
    public IReadOnlyList<JobInfo> Jobs { get; init; } = [];

    /// <summary>The newest lines of the audit, newest first; absent for who may not read it.</summary>
    public IReadOnlyList<AuditInfo>? Recent { get; init; }
}

/// <summary>A request or a job that is under way.</summary>
public sealed record TransferInfo
{
    /// <summary>For whom; absent for who has not logged in, and for the server itself.</summary>
    public string? User { get; init; }

    /// <summary>Where it came in: <c>rest</c>, <c>s3</c>, or <c>job</c>.</summary>
    public required string Door { get; init; }

    /// <summary>What is done, such as <c>GET entries</c> or the kind of the job.</summary>
    public required string What { get; init; }

    /// <summary>The dataset, when it is about one.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary><c>capture</c>, <c>interactive</c>, <c>bulk</c> or <c>background</c>.</summary>
    public required string Class { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Bytes of content that were read from the disk for it.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Bytes of content that were written to the disk for it.</summary>
    public required long BytesWritten { get; init; }

    /// <summary>Both together, a second, since it began.</summary>
    public required long BytesPerSecond { get; init; }
}

/// <summary>The work of one class.</summary>
public sealed record WorkClassInfo
{
    /// <summary><c>capture</c>, <c>interactive</c>, <c>bulk</c> or <c>background</c>.</summary>
    public required string Class { get; init; }

    /// <summary>Requests and jobs that are under way.</summary>
    public required int Running { get; init; }

    /// <summary>Parts of large files that wait for their turn.</summary>
    public required int Waiting { get; init; }

    /// <summary>Bytes of content that were read from the disk since the server started.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Bytes of content that were written to the disk since the server started.</summary>
    public required long BytesWritten { get; init; }

    /// <summary>Both together, a second, over the last ten seconds.</summary>
    public required long BytesPerSecond { get; init; }
}

/// <summary>Something that was done with a dataset.</summary>
public sealed record ActivityInfo
{
    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>By whom; absent for the server itself.</summary>
    public string? User { get; init; }

    /// <summary>
    /// What: an action of the audit such as <c>grant.change</c>, or <c>snapshot.push</c>, <c>metadata.set</c>, <c>run.start</c>.
    /// </summary>
    public required string Action { get; init; }

    /// <summary>More about it, in words.</summary>
    public string? Detail { get; init; }

    /// <summary>Id of the token that was used, where it is known.</summary>
    public string? Token { get; init; }

    /// <summary>Number of the snapshot that it made.</summary>
    public long? Snapshot { get; init; }
}
