namespace Hutch.Contracts;

/// <summary>Requests frames to analyse.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TakeWork
{
    /// <summary>Name of the worker: a different one for each of its processes.</summary>
    public required string Worker { get; init; }

    /// <summary>The namespace for which the worker was started; it must be that of its token. Absent: that of the token.</summary>
    public string? Namespace { get; init; }

    /// <summary>The version of the worker's analysis steps; it must be the server's.</summary>
    public required string Version { get; init; }

    /// <summary>Requests further frames of this run. Absent: the first frames of a run that is not in <c>except</c>.</summary>
    public string? Run { get; init; }

    /// <summary>Runs that the worker already works on.</summary>
    public IReadOnlyList<string>? Except { get; init; }

    /// <summary>The programs that the worker can execute.</summary>
    public IReadOnlyList<string>? Programs { get; init; }

    /// <summary>
    /// The foreign steps that the worker executes in addition: each with its columns, and the digest of its code as its version. Users can
    /// start them as long as the worker asks for frames.
    /// </summary>
    public IReadOnlyList<StepDeclaration>? Steps { get; init; }

    /// <summary>The most frames to take, 1 to 64. Default: 1.</summary>
    public int? Frames { get; init; }

    /// <summary>Seconds to wait for frames, 0 to 30. Default: 0.</summary>
    public int? WaitSeconds { get; init; }
}

/// <summary>The leased frames. No lease: there were no frames in time.</summary>
public sealed record TakenFrames
{
    public LeaseInfo? Lease { get; init; }

    /// <summary>True: the requested run has ended and has no more frames.</summary>
    public bool? Over { get; init; }
}

/// <summary>A lease: frames of one run that one worker analyses until it expires.</summary>
public sealed record LeaseInfo
{
    public required string Id { get; init; }

    public required string Run { get; init; }

    public required string Program { get; init; }

    public JsonElement? Parameters { get; init; }

    /// <summary>Seconds until it expires, unless it is extended.</summary>
    public required int Seconds { get; init; }

    public required IReadOnlyList<LeasedFrame> Frames { get; init; }
}

/// <summary>A frame of a lease.</summary>
public sealed record LeasedFrame
{
    /// <summary>Number of the frame, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Its SHA-256.</summary>
    public required BlobHash Hash { get; init; }

    /// <summary>User metadata of its entry, if any.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

/// <summary>Reports that a worker ends.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LeaveWork
{
    /// <summary>Name of the worker.</summary>
    public required string Worker { get; init; }
}

/// <summary>Extends leases to their full lifetime from now.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ExtendLeases
{
    public required IReadOnlyList<string> Leases { get; init; }
}

/// <summary>Leases that could not be extended.</summary>
public sealed record LostLeases
{
    /// <summary>Leases that have expired, or whose run has ended: results for them are useless.</summary>
    public required IReadOnlyList<string> Lost { get; init; }
}

/// <summary>Submits result rows of a lease.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record GiveRows
{
    /// <summary>
    /// Rows of frames of the lease, each with <c>file-number</c> and the columns of the step in their order, or <c>error</c>.
    /// </summary>
    public required IReadOnlyList<JsonElement> Rows { get; init; }
}

/// <summary>Reports that none of the frames of a run can be analysed.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RefuseWork
{
    /// <summary>Reason; the run fails with this message.</summary>
    public required string Message { get; init; }
}
