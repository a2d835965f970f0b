namespace Hutch.Agent.Watching;

/// <summary>Says by the times of a directory whether the names in it have to be read again.</summary>
/// <remarks>
/// File systems count time in steps: a name that is added within the step of the last change leaves the times as they are. So the names are
/// read again until once they were read when that step was surely over. Our own clock measures only how long ago something was seen, so
/// that a file server whose clock is wrong does no harm.
/// </remarks>
internal struct DirectoryClock
{
    private const long OldNanoseconds = 3600 * 1_000_000_000L;

    /// <summary>The coarsest step of a file system (FAT).</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    private (long Modified, long Changed, ulong Inode)? _times;
    private TimeSpan _changedAt;
    private TimeSpan? _readAt;
    private bool _isForgotten;

    /// <summary>True if no change was missed as long as the times stay.</summary>
    public readonly bool IsSettled => _times is not null && _readAt >= _changedAt + Step;

    /// <summary>True if the names must be read, though the times stay.</summary>
    public readonly bool IsDue => _isForgotten || !IsSettled;

    public bool WasRead { get; private set; }

    /// <summary>Takes what the file system says now, and returns whether it is something new.</summary>
    public bool Observe(in FileStatus status, MountKind mount, in ScanTime now)
    {
        var times = Times(status, mount);
        if (_times == times)
        {
            return false;
        }

        _times = times;
        _readAt = null;
        bool isOld = now.Nanoseconds - Math.Max(status.ModifiedNanoseconds, status.ChangedNanoseconds) > OldNanoseconds;
        _changedAt = isOld ? now.Elapsed - Step : now.Elapsed;
        return true;
    }

    /// <summary>Returns true if the names need not be read, and the directory need not be opened for its own sake.</summary>
    public readonly bool IsQuiet(in FileStatus status, MountKind mount) => !IsDue && _times == Times(status, mount);

    /// <summary>The names were read, not before this time.</summary>
    public void Read(TimeSpan at)
    {
        _readAt = at;
        _isForgotten = false;
        WasRead = true;
    }

    /// <summary>The names are to be read again in any case.</summary>
    public void Remove() => _isForgotten = true;

    private static (long Modified, long Changed, ulong Inode) Times(in FileStatus status, MountKind mount) =>
        (status.ModifiedNanoseconds, status.ChangedNanoseconds, mount.KeepsInodes ? status.Inode : 0);
}

/// <param name="Elapsed">By a monotonic clock, which cannot be set.</param>
/// <param name="Nanoseconds">By the clock of this machine, since 1970.</param>
internal readonly record struct ScanTime(TimeSpan Elapsed, long Nanoseconds)
{
    public static ScanTime Now(TimeProvider time) => new(
        time.GetElapsedTime(0), (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
}
