namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>The exclusive right to collect. Disposing it passes the right on.</summary>
public interface ICollectionLease : IAppliedRows, IAsyncDisposable
{
    /// <summary>True if this server still has the right; certain when read inside the decision of a commit.</summary>
    bool IsHeld { get; }

    /// <summary>
    /// Appends a row that condemns objects, unless a row after the given one contradicts it. Both happen with the log locked: later appends
    /// know of the row, and earlier ones were checked.
    /// </summary>
    /// <param name="isDueAtOnce">True if the objects are deleted as soon as no server looks for them, without a retention time.</param>
    /// <param name="after">The row up to which the caller knows the log.</param>
    /// <param name="isAgainst">Returns true if the directory of a later row contradicts the condemnation.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    /// <returns>The number of the row; null when a row contradicts it and nothing was changed.</returns>
    /// <exception cref="StorageRefusedException">Nothing was changed: another server collects, or the log refused it.</exception>
    /// <exception cref="StorageUnknownOutcomeException">The outcome is unknown.</exception>
    Task<long?> TryCondemnAsync(
        IReadOnlyList<string> names, bool isDueAtOnce, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct);

    /// <summary>
    /// Reads the ids under which running servers write. A writer with any other id has appended everything that it ever will. No later row
    /// names its remaining objects.
    /// </summary>
    ValueTask<IReadOnlySet<Guid>> ReadWritersAsync(CancellationToken ct);

    /// <summary>Finds the first row with a record of this number or a later one; without any, the highest number.</summary>
    ValueTask<long> FindRowAsync(long sequence, CancellationToken ct);

    /// <summary>
    /// Removes the records from rows up to the given one, since a checkpoint and packs have them. Returns false if a server has not yet
    /// applied all of these rows, or some are in no pack.
    /// </summary>
    Task<bool> TryTrimAsync(long through, CancellationToken ct);

    /// <summary>Changes the directories of rows up to the given one. Returns false as <see cref="TryTrimAsync"/> does.</summary>
    /// <param name="rewrite">Returns the new directory of a row; null leaves it unchanged.</param>
    /// <param name="ct">Cancels between two portions.</param>
    Task<bool> TryRewriteAsync(long through, Func<long, LogDirectory, LogDirectory?> rewrite, CancellationToken ct);

    /// <summary>
    /// Records that the shared storage has nothing left of data purged up to a record. Each server must then clean its own disk.
    /// </summary>
    Task NoteSweptAsync(long sequence, CancellationToken ct);
}
