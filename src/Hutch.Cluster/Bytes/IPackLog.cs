namespace Hutch.Cluster.Bytes;

/// <summary>
/// The operations of the log for the packer and the sweep. The caller holds the lease of its job; each call asserts that.
/// </summary>
public interface IPackLog : IAppliedRows
{
    /// <summary>Reads the oldest rows in no pack that have members or records, in order; at least one if there are any.</summary>
    /// <param name="maxBytes">The limit for the bytes of their records and bodies.</param>
    ValueTask<IReadOnlyList<UnpackedRow>> ReadUnpackedAsync(long maxBytes, CancellationToken ct);

    /// <summary>Reads the number and size of the unpacked rows.</summary>
    ValueTask<PackBacklog> ReadBacklogAsync(CancellationToken ct);

    /// <summary>Returns a number that no pack of this site has had.</summary>
    ValueTask<long> NextPackAsync(CancellationToken ct);

    /// <summary>
    /// Appends a row with this directory and without members and records. In the same transaction, drops the bodies of the rows that the
    /// directory lists as packed, and notes the name of the pack in each. On return this server has applied the row.
    /// </summary>
    /// <param name="after">The row up to which the caller knew the log.</param>
    /// <param name="isAgainst">Returns true if the directory of a later row contradicts the change.</param>
    /// <param name="ct">Honoured until the commit begins.</param>
    /// <returns>False when a row contradicts the change and nothing was changed.</returns>
    /// <exception cref="StorageRefusedException">Nothing was changed.</exception>
    /// <exception cref="StorageUnknownOutcomeException">
    /// The outcome is unknown; the rows are read again before anything else is done.
    /// </exception>
    ValueTask<bool> TryRecordAsync(LogDirectory directory, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct);
}
