using Hutch.Storage;

namespace Hutch.Cluster.Bytes;

/// <summary>What the packer and the sweep need of the log. Whoever calls it holds the lease of its job; each call asserts that.</summary>
public interface IPackLog : IAppliedRows
{
    /// <summary>The oldest rows that have members or records and are in no pack yet, in order; at least one where there are any.</summary>
    /// <param name="maxBytes">Stop before their records and bodies are more than this.</param>
    ValueTask<IReadOnlyList<UnpackedRow>> ReadUnpackedAsync(long maxBytes, CancellationToken ct);

    /// <summary>All that waits to be packed.</summary>
    ValueTask<PackBacklog> ReadBacklogAsync(CancellationToken ct);

    /// <summary>A number that no pack of this site has had.</summary>
    ValueTask<long> NextPackAsync(CancellationToken ct);

    /// <summary>
    /// In one transaction: appends a row without members and records that has this directory, and drops the bodies of the rows which the
    /// directory says are packed, noting the name of the pack in each. Either all of it or nothing. On return this server has applied it.
    /// </summary>
    /// <param name="directory">What the row says.</param>
    /// <param name="after">The row up to which the caller knew the log.</param>
    /// <param name="isAgainst">Whether the directory of a later row speaks against it.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    /// <returns>False when nothing was changed, as a row speaks against it.</returns>
    /// <exception cref="StorageRefusedException">Nothing was changed.</exception>
    /// <exception cref="StorageUnknownOutcomeException">Nobody knows; the rows are read again before anything else is done.</exception>
    ValueTask<bool> TryRecordAsync(LogDirectory directory, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct);
}
