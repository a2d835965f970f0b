namespace Hutch.Cluster;

/// <summary>The bodies that are still in rows of the log. Safe for many threads.</summary>
public interface ILogBodies
{
    /// <summary>Reads a slice of the bodies of a row.</summary>
    /// <param name="row">The row's number.</param>
    /// <param name="offset">Where the slice begins.</param>
    /// <param name="into">Filled wholly.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when it was read; else the name of the pack into which the bodies were moved.</returns>
    /// <exception cref="IOException">The row or the slice is not there, or PostgreSQL does not answer.</exception>
    ValueTask<string?> ReadBodiesAsync(long row, long offset, Memory<byte> into, CancellationToken ct);
}
