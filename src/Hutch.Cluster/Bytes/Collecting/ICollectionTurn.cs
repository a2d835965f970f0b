using Hutch.Storage;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>The right to collect. Disposing it gives it to the next.</summary>
public interface ICollectionTurn : IAppliedRows, IAsyncDisposable
{
    /// <summary>Whether this server still has it; certain when it is asked inside the decision of a commit.</summary>
    bool IsHeld { get; }

    /// <summary>
    /// Appends a row that condemns objects, unless a row after the given one speaks against it. Both happen with the log locked: what is
    /// appended later knows of it, and what was appended before was looked at.
    /// </summary>
    /// <param name="names">The names of the objects.</param>
    /// <param name="isDueAtOnce">Whether they are deleted as soon as nobody looks for them, and not kept for a while.</param>
    /// <param name="after">The row up to which the caller knows the log.</param>
    /// <param name="isAgainst">Whether the directory of a later row speaks against it.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    /// <returns>The number of the row; null when nothing was changed, as a row speaks against it.</returns>
    /// <exception cref="StorageRefusedException">Nothing was changed: another server collects, or the log refused it.</exception>
    /// <exception cref="StorageUnknownOutcomeException">Nobody knows.</exception>
    Task<long?> TryCondemnAsync(
        IReadOnlyList<string> names, bool isDueAtOnce, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct);

    /// <summary>
    /// The ids under which the servers write that run. Whoever is not among them has appended all that it ever will: what it wrote and no
    /// row names is named by none.
    /// </summary>
    ValueTask<IReadOnlySet<Guid>> ReadWritersAsync(CancellationToken ct);

    /// <summary>The first row that has a record with this number, or a later one; without any, the highest number there is.</summary>
    ValueTask<long> FindRowAsync(long sequence, CancellationToken ct);

    /// <summary>
    /// Takes the records out of rows, up to the given one: a checkpoint has them, and packs. False when a server has not applied them all
    /// yet, or some are in no pack.
    /// </summary>
    Task<bool> TryTrimAsync(long through, CancellationToken ct);

    /// <summary>Changes the directories of rows, up to the given one. False as for <see cref="TryTrimAsync"/>.</summary>
    /// <param name="through">The last row.</param>
    /// <param name="rewrite">What a row shall say from now on; null to leave it as it is.</param>
    /// <param name="ct">Cancels between two portions.</param>
    Task<bool> TryRewriteAsync(long through, Func<long, LogDirectory, LogDirectory?> rewrite, CancellationToken ct);

    /// <summary>
    /// Says that nothing of what was purged up to a record is left in what servers share: each must look to its own disk from now on.
    /// </summary>
    Task NoteSweptAsync(long sequence, CancellationToken ct);
}
