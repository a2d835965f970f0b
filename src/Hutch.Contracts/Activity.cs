namespace Hutch.Contracts;

/// <summary>The current activity of the site.</summary>
public sealed record SiteActivity
{
    /// <summary>Time of the measurement.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Stored data by owner, with its history by day.</summary>
    public required StorageInfo Storage { get; init; }

    /// <summary>Requests and jobs in progress, longest first.</summary>
    public IReadOnlyList<TransferInfo> Transfers { get; init; } = [];

    /// <summary>Work by class: always all classes, most urgent first.</summary>
    public IReadOnlyList<WorkClassInfo> Classes { get; init; } = [];

    /// <summary>Jobs since the server started, newest first.</summary>
    public IReadOnlyList<JobInfo> Jobs { get; init; } = [];

    /// <summary>The latest audit records, newest first; absent if the caller may not read the audit.</summary>
    public IReadOnlyList<AuditInfo>? Recent { get; init; }
}

/// <summary>A request or job in progress.</summary>
public sealed record TransferInfo
{
    /// <summary>Account for which it runs; absent for anonymous requests and the server itself.</summary>
    public string? User { get; init; }

    /// <summary>Entry point: <c>rest</c>, <c>s3</c> or <c>job</c>.</summary>
    public required string Door { get; init; }

    /// <summary>Operation, such as <c>GET entries</c>, or the kind of job.</summary>
    public required string What { get; init; }

    /// <summary>The dataset, if it concerns one.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>Its name, if the caller may see it.</summary>
    public string? DatasetName { get; init; }

    /// <summary>Work class: <c>capture</c>, <c>interactive</c>, <c>bulk</c> or <c>background</c>.</summary>
    public required string Class { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Content bytes read from disk.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Content bytes written to disk.</summary>
    public required long BytesWritten { get; init; }

    /// <summary>Bytes read and written per second since it began.</summary>
    public required long BytesPerSecond { get; init; }
}

/// <summary>The work in one class.</summary>
public sealed record WorkClassInfo
{
    /// <summary><c>capture</c>, <c>interactive</c>, <c>bulk</c> or <c>background</c>.</summary>
    public required string Class { get; init; }

    /// <summary>Requests and jobs in progress.</summary>
    public required int Running { get; init; }

    /// <summary>Waiting parts of large files.</summary>
    public required int Waiting { get; init; }

    /// <summary>Content bytes read from disk since the server started.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Content bytes written to disk since the server started.</summary>
    public required long BytesWritten { get; init; }

    /// <summary>Bytes read and written per second over the last ten seconds.</summary>
    public required long BytesPerSecond { get; init; }
}

/// <summary>An event of a dataset.</summary>
public sealed record ActivityInfo
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>User who caused it; absent for the server itself.</summary>
    public string? User { get; init; }

    /// <summary>An audit action such as <c>grant.change</c>, or <c>snapshot.push</c>, <c>metadata.set</c>, <c>run.start</c>.</summary>
    public required string Action { get; init; }

    public string? Detail { get; init; }

    /// <summary>Id of the token used, if known.</summary>
    public string? Token { get; init; }

    /// <summary>Number of the snapshot it created.</summary>
    public long? Snapshot { get; init; }
}
