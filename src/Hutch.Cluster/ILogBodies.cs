namespace Hutch.Cluster;

/// <summary>What the rows of the log have of members, for who looks for them. Safe for many threads.</summary>
public interface ILogBodies
{
    /// <summary>Reads a slice of the bodies of a row.</summary>
    /// <param name="row">The row's number.</param>
    /// <param name="offset">Where the slice begins.</param>
    /// <param name="into">Filled wholly.</param>
    /// <returns>Null when it was read; else the name of the pack into which the bodies were moved.</returns>
    /// <exception cref="IOException">The row or the slice is not there, or PostgreSQL does not answer.</exception>
    ValueTask<string?> ReadBodiesAsync(long row, long offset, Memory<byte> into, CancellationToken ct);

    /// <summary>
    /// Applies the rows that this server has not applied yet, as far as they speak of members: afterwards it knows what any server had
    /// recorded when this was called.
    /// </summary>
    Task CatchUpAsync(CancellationToken ct);
}
