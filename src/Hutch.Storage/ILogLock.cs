namespace Hutch.Storage;

/// <summary>The right to append to the log, one group at most. Disposing it gives it to the next, and never throws.</summary>
public interface ILogLock : IAsyncDisposable
{
    /// <summary>
    /// Groups that other servers appended since the caller last looked, in order. Apply them before deciding; do not keep them.
    /// </summary>
    IReadOnlyList<JournalGroup> Missed { get; }

    /// <summary>The time of the log in milliseconds since 1970, used for every decision made under this lock.</summary>
    long Now { get; }

    /// <summary>
    /// The outcome of this server's last append, if it was unknown. No other server can append while the lock is held, so a log that can
    /// look it up has the answer. If it is <see cref="AppendOutcome.There"/>, its records are among <see cref="Missed"/>.
    /// </summary>
    AppendOutcome LastAppend { get; }

    /// <summary>
    /// Appends a group atomically: the commit point. On return it is durable and its members can be read.
    /// <see cref="StorageRefusedException"/> (including <see cref="StorageFullException"/>) means that nothing was or will be changed.
    /// After <b>any</b> other exception, such as <see cref="StorageUnknownOutcomeException"/>, the outcome is unknown.
    /// </summary>
    /// <remarks>The token is honoured until the append begins, not after: the call waits for bytes that may be durable.</remarks>
    ValueTask AppendAsync(LogGroup group, CancellationToken cancellationToken);
}

public enum AppendOutcome
{
    /// <summary>Only the next opening of the log shows the outcome. Waiting requests are answered accordingly.</summary>
    Unknown = 0,

    There,

    /// <summary>It is not in the log, and never will be: it may be decided again.</summary>
    NotThere,
}
