namespace Hutch.Storage;

/// <summary>The right to append to the log, one group at most. Disposing it gives it to the next, and never throws.</summary>
public interface ILogTurn : IAsyncDisposable
{
    /// <summary>What others appended since the caller looked, in order: applied before anything is decided. Not to be kept.</summary>
    IReadOnlyList<JournalGroup> Missed { get; }

    /// <summary>The time of the log in milliseconds since 1970: what is decided in this turn has it.</summary>
    long Now { get; }

    /// <summary>
    /// What became of this server's last append when its outcome was unknown: with the turn nobody else appends, so a log that can
    /// look it up knows. When it is <see cref="AppendOutcome.There"/>, its records are among <see cref="Missed"/>.
    /// </summary>
    AppendOutcome LastAppend { get; }

    /// <summary>
    /// Appends a group, wholly or not at all: the commit point. On return it is durable and its members can be read. There are two
    /// failures: <see cref="StorageRefusedException"/>, of which <see cref="StorageFullException"/> is one, says that nothing was changed
    /// nor will be; after <b>any</b> other exception, <see cref="StorageUnknownOutcomeException"/> or a provider's own, the outcome is
    /// unknown.
    /// </summary>
    /// <remarks>The token is honoured until the append begins, not after: what may be durable is waited for.</remarks>
    ValueTask AppendAsync(LogGroup group, CancellationToken cancellationToken);
}

/// <summary>What became of an append whose outcome was unknown.</summary>
public enum AppendOutcome
{
    /// <summary>Only the next opening of the log will tell. The waiting requests are answered so.</summary>
    Unknown = 0,

    /// <summary>It is in the log, for good.</summary>
    There,

    /// <summary>It is not in the log, and never will be: it may be decided again.</summary>
    NotThere,
}
