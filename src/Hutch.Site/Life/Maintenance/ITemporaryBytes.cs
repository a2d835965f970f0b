using Hutch.Site.Platform.Leases;

namespace Hutch.Site.Life.Maintenance;

/// <summary>The engine's half of the limit on temporary data: it locates the data and frees the oldest.</summary>
public interface ITemporaryBytes
{
    /// <summary>The bytes of temporary data on the disk, including expired data and data being written.</summary>
    long Used { get; }

    /// <summary>
    /// Frees expired bytes, then the oldest others, until at most the given number is left. Bytes that are still being written, or being
    /// kept, stay, so that more may be left. Each deletion is in the log before it happens.
    /// </summary>
    /// <param name="lease">The lease of the caller; once it is lost, no more bytes go.</param>
    /// <param name="maxBytes">The most bytes that may be left.</param>
    /// <param name="ct">Cancels between two steps; completed steps remain.</param>
    Task<EarlyExpired> DropOldestAsync(IJobLease lease, long maxBytes, CancellationToken ct);
}

/// <summary>Temporary data that was deleted before its time.</summary>
/// <param name="Files">The number of different contents of files.</param>
public sealed record EarlyExpired(long Files, long Bytes);
