namespace Hutch.Model.Zone;

/// <param name="Told">The site's last report; null for none.</param>
/// <param name="CompleteAt">The time when it was first complete; null before.</param>
/// <param name="Reason">The reason for the copy, as a phrase after the site's name.</param>
public sealed record CopyRecord(
    DatasetId Dataset, string SiteId, DateTimeOffset AskedAt, CopyProgress? Told, DateTimeOffset? ToldAt, DateTimeOffset? CompleteAt,
    string? Reason = null)
{
    /// <summary>True if a rule chose the site and no user requested the copy: it is released when no rule wants it any more.</summary>
    public bool IsChosen { get; init; }

    /// <summary>The time of its release; null if it is not released.</summary>
    public DateTimeOffset? ReleasedAt { get; init; }

    /// <summary>The time since when the site holds it for the home, regardless of rules; null if it does not.</summary>
    public DateTimeOffset? HeldAt { get; init; }

    /// <summary>The name of the account that requested it and is notified when it is complete; null for none.</summary>
    public string? AskedBy { get; init; }

    /// <summary>The time of its last progress; null before the first.</summary>
    public DateTimeOffset? MovedAt { get; init; }

    /// <summary>The current or last rate; null if no site has reported it.</summary>
    public CopySpeed? Pace { get; init; }

    /// <summary>
    /// The estimated time until it is complete, at the current rate; null if it is not in progress, or if the time is unknown.
    /// </summary>
    public TimeSpan? Left(DateTimeOffset now) => Told is { State: CopyStates.Running, Bytes: { } bytes, BytesDone: var done }
        ? Pace?.Left(bytes - done, now)
        : null;
}

/// <param name="History">The SHA-256 of the history that it has completely; null for none.</param>
/// <param name="Snapshot">The newest snapshot of that history.</param>
/// <param name="Files">The number of files in the end; null if unknown.</param>
/// <param name="Problem">The reason why it makes no progress, in a sentence; null if it does.</param>
public sealed record CopyProgress(
    string State, BlobHash? History, long? Snapshot, long? Files, long? Bytes, long FilesDone, long BytesDone, string? Problem)
{
    /// <summary>
    /// The bytes transferred over the network since this transfer began, not counting those that were here before. Null if nothing was
    /// transferred, or if the site does not report it.
    /// </summary>
    public long? Moved { get; init; }

    /// <summary>The files that cannot be fetched, while all others arrive or are here; null for none.</summary>
    public CopyFailures? Failures { get; init; }
}
