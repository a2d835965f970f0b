using Hutch.Site.Platform.Leases;

namespace Hutch.Site.Life.Maintenance;

/// <summary>The engine's half of the limit on temporary data: it knows where they lie, and frees the oldest.</summary>
public interface ITemporaryBytes
{
    /// <summary>Bytes that temporary data take on the disk, those that have ended and those being written included.</summary>
    long Used { get; }

    /// <summary>
    /// Frees what has ended by its time, then the oldest that has not, until at most so many bytes are left. What is still being written,
    /// or being kept, stays, so that more may be left. What goes is in the log before it goes.
    /// </summary>
    /// <param name="lease">The lease of who makes room; lost, nothing more goes.</param>
    /// <param name="maxBytes">How much may be left.</param>
    /// <param name="ct">Cancels between two steps; what was done stays done.</param>
    Task<RoomMade> MakeRoomAsync(IJobLease lease, long maxBytes, CancellationToken ct);
}

/// <summary>Temporary data that went before their time.</summary>
/// <param name="Files">Contents of files.</param>
/// <param name="Bytes">Bytes that were freed.</param>
public sealed record RoomMade(long Files, long Bytes);
