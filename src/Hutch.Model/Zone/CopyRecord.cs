namespace Hutch.Model.Zone;

/// <summary>A copy of a dataset that a site is to have.</summary>
/// <param name="Told">What the site said last; null while it has said nothing.</param>
/// <param name="ToldAt">When.</param>
/// <param name="CompleteAt">When it first had all of it; null while it has not.</param>
/// <param name="Reason">Why it is to have it, in words that continue its name.</param>
public sealed record CopyRecord(
    DatasetId Dataset, string SiteId, DateTimeOffset AskedAt, CopyProgress? Told, DateTimeOffset? ToldAt, DateTimeOffset? CompleteAt,
    string? Reason = null)
{
    /// <summary>Whether a rule chose the site, and nobody asked for it: it is released when no rule wants it any more.</summary>
    public bool IsChosen { get; init; }

    /// <summary>Since when the site need not have it any more; null while it is to have it.</summary>
    public DateTimeOffset? ReleasedAt { get; init; }

    /// <summary>Since when the site keeps it until the home says otherwise, whatever rules want; null while it does not.</summary>
    public DateTimeOffset? HeldAt { get; init; }

    /// <summary>The name of the account that asked for it, and is told when it is there; null for none.</summary>
    public string? AskedBy { get; init; }

    /// <summary>When more of it was there than ever before; null while nothing has come.</summary>
    public DateTimeOffset? MovedAt { get; init; }

    /// <summary>How fast it comes, or came last; null where nobody has said.</summary>
    public CopyPace? Pace { get; init; }

    /// <summary>How long it takes until all of it is there, if it goes on like this; null when it does not come, or nobody knows.</summary>
    public TimeSpan? Left(DateTimeOffset now) => Told is { State: CopyStates.Running, Bytes: { } bytes, BytesDone: var done }
        ? Pace?.Left(bytes - done, now)
        : null;
}

/// <summary>How far a site is with a copy.</summary>
/// <param name="State">See <see cref="CopyStates"/>.</param>
/// <param name="History">The SHA-256 of the history that it has whole; null for none.</param>
/// <param name="Snapshot">The newest snapshot of that history.</param>
/// <param name="Files">Files to be there; null while that is not known.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="FilesDone">Files that are there.</param>
/// <param name="BytesDone">Their bytes.</param>
/// <param name="Problem">Why it does not go on, in words; null when it does.</param>
public sealed record CopyProgress(
    string State, BlobHash? History, long? Snapshot, long? Files, long? Bytes, long FilesDone, long BytesDone, string? Problem)
{
    /// <summary>
    /// Bytes that have come over the network since this transfer began: not those that were here before. Null where nothing was moved, or
    /// the site does not say.
    /// </summary>
    public long? Moved { get; init; }

    /// <summary>Files that cannot be had, while all others come or are there; null for none.</summary>
    public CopyFailures? Failures { get; init; }
}
