namespace Hutch.Cluster;

/// <summary>Reads the bodies of members in the rows of the log. Thread-safe.</summary>
public interface ILogBodies
{
    /// <returns>Null when it was read; else the name of the pack into which the bodies were moved.</returns>
    /// <exception cref="IOException">The row or the slice is missing, or PostgreSQL does not answer.</exception>
    ValueTask<string?> ReadBodiesAsync(long row, long offset, Memory<byte> into, CancellationToken ct);

    /// <summary>Applies rows that this server has not applied. Afterwards it knows everything recorded at any server by the call.</summary>
    Task CatchUpAsync(CancellationToken ct);
}
