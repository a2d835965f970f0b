namespace Hutch.Storage;

/// <summary>
/// The log of a site: every change of it, in one order. It is the truth; the records of each server are a view of it. Several servers may
/// append to one log and follow it: who appends takes the turn, and learns first what the others appended.
/// </summary>
/// <remarks>Each implementation runs the same tests: <c>SiteLogConformance</c>.</remarks>
public interface ISiteLog
{
    /// <summary>
    /// Takes the turn: until it is disposed nobody else appends. A failure means that nothing was changed.
    /// </summary>
    /// <param name="after">Up to where the caller has applied the log.</param>
    /// <param name="cancellationToken">Cancels the wait for the turn.</param>
    ValueTask<ILogTurn> TakeTurnAsync(long after, CancellationToken cancellationToken);

    /// <summary>
    /// The records after a sequence number, in the order of their numbers and each number once, without taking the turn: for opening and
    /// for following. Records appended meanwhile may or may not come.
    /// </summary>
    IAsyncEnumerable<JournalGroup> ReadAsync(long after, CancellationToken cancellationToken);

    /// <summary>
    /// Returns when there may be records after a sequence number: at once when there are some, else when somebody else has appended. It is
    /// a hint; it may come for nothing. Where nobody else appends it ends only when it is cancelled.
    /// </summary>
    ValueTask WaitForMoreAsync(long after, CancellationToken cancellationToken);

    /// <summary>
    /// The number of the last record that anybody was answered for when this was called, or a later one: whoever has applied the log up to
    /// there shows nothing stale. 0, and complete at once, where nobody else appends: what one has appended oneself is published before
    /// it is answered.
    /// </summary>
    /// <exception cref="StorageRefusedException">Nobody who knows it answers.</exception>
    Task<long> AskLastAsync(CancellationToken cancellationToken);
}

/// <summary>Records in the order of their sequence numbers, as they were committed (or as what compaction kept of them).</summary>
/// <param name="FirstSequence">Sequence number of the first line.</param>
/// <param name="LastSequence">Sequence number of the last line; what follows in the next group is higher.</param>
/// <param name="Lines">The record lines, each ended by a line feed.</param>
public readonly record struct JournalGroup(long FirstSequence, long LastSequence, ReadOnlyMemory<byte> Lines);
