namespace Hutch.Storage;

/// <summary>
/// The log of a site: all its changes in one order. It is the truth; the records of each server are a view of it. Several servers may
/// append to one log and follow it: a server takes the lock to append, and first receives what the others appended.
/// </summary>
/// <remarks>Each implementation runs the same tests: <c>SiteLogConformance</c>.</remarks>
public interface ISiteLog
{
    /// <summary>
    /// Acquires the lock of the log: no other server appends until it is disposed. A failure means that nothing was changed.
    /// </summary>
    /// <param name="after">The last sequence number that the caller has applied.</param>
    /// <param name="cancellationToken">Cancels the wait for the lock.</param>
    ValueTask<ILogLock> AcquireAsync(long after, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the records after a sequence number in order, each once, without the lock: for opening and for following. Records appended
    /// during the read may or may not be included.
    /// </summary>
    IAsyncEnumerable<JournalGroup> ReadAsync(long after, CancellationToken cancellationToken);

    /// <summary>Returns when there may be records after a number: a hint. On a log with one server it ends only when cancelled.</summary>
    ValueTask WaitForMoreAsync(long after, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the number of the last record that any server had acknowledged at the time of the call, or a later one. A reader that has
    /// applied the log up to it shows nothing stale. Returns 0 synchronously on a log with one server, which publishes before it answers.
    /// </summary>
    /// <exception cref="StorageRefusedException">The database does not answer.</exception>
    Task<long> QueryLastSequenceAsync(CancellationToken cancellationToken);
}

/// <summary>Records in the order of their sequence numbers, as they were committed (or as what compaction kept of them).</summary>
/// <param name="FirstSequence">Sequence number of the first line.</param>
/// <param name="LastSequence">Sequence number of the last line; what follows in the next group is higher.</param>
/// <param name="Lines">The record lines, each ended by a line feed.</param>
public readonly record struct JournalGroup(long FirstSequence, long LastSequence, ReadOnlyMemory<byte> Lines);
