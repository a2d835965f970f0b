namespace Hutch.Cluster;

/// <summary>Reads the bodies of members in the rows of the log. Thread-safe.</summary>
public interface ILogBodies
{
    /// <summary>Reads a slice of the bodies of a row.</summary>
    /// <param name="row">The row's number.</param>
    /// <param name="offset">The offset of the slice.</param>
    /// <param name="into">Filled completely.</param>
    /// <returns>Null when it was read; else the name of the pack into which the bodies were moved.</returns>
    /// <exception cref="IOException">The row or the slice is missing, or PostgreSQL does not answer.</exception>
    ValueTask<string?> ReadBodiesAsync(long row, long offset, Memory<byte> into, CancellationToken ct);

    /// <summary>
    /// Applies the members of rows that this server has not applied yet. Afterwards it knows everything that any server had recorded at the
    /// call.
    /// </summary>
    Task CatchUpAsync(CancellationToken ct);
}
