using Hutch.Storage;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>The right to collect. Disposing it gives it to the next.</summary>
public interface ICollectionTurn : IAsyncDisposable
{
    /// <summary>Whether this server still has it; certain when it is asked inside the decision of a commit.</summary>
    bool IsHeld { get; }

    /// <summary>
    /// Appends a row that condemns objects, unless a row after the given one speaks against it. Both happen with the log locked: what is
    /// appended later knows of it, and what was appended before was looked at.
    /// </summary>
    /// <param name="names">The names of the objects.</param>
    /// <param name="after">The row up to which the caller knows the log.</param>
    /// <param name="isAgainst">Whether the directory of a later row speaks against it.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    /// <returns>The number of the row; null when nothing was changed, as a row speaks against it.</returns>
    /// <exception cref="StorageRefusedException">Nothing was changed: another server collects, or the log refused it.</exception>
    /// <exception cref="StorageUnknownOutcomeException">Nobody knows.</exception>
    Task<long?> TryCondemnAsync(
        IReadOnlyList<string> names, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct);
}
