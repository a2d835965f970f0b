namespace Hutch.Buckets;

/// <summary>
/// The second place of open segments. It gets the changes of their files in order, and replays them after the machine is lost.
/// </summary>
/// <remarks>Thread-safe; the changes of one segment come one after the other.</remarks>
internal interface ISegmentMirror : IDisposable
{
    /// <summary>The segments that it has.</summary>
    IReadOnlyList<string> Segments { get; }

    /// <summary>Finds what earlier starts left. Called once, before anything else.</summary>
    /// <exception cref="IOException">It cannot be used.</exception>
    Task OpenAsync(CancellationToken ct);

    bool Has(string segment);

    /// <summary>True if this start has written to it.</summary>
    bool HasWritten(string segment);

    /// <summary>Adds changes of a file. Durable on return.</summary>
    /// <param name="changes">As of <see cref="FileChanges"/>.</param>
    /// <exception cref="IOException">They may not be there.</exception>
    Task AppendAsync(string segment, ReadOnlyMemory<byte> changes, CancellationToken ct);

    /// <summary>Writes the file of a segment. Returns the fault that ended it early; null if all of it is there.</summary>
    Task<string?> RestoreAsync(string segment, IDiskFile into, CancellationToken ct);

    /// <summary>Removes segments that are stored, or are no longer in use.</summary>
    Task RemoveAsync(IReadOnlyCollection<string> segments, CancellationToken ct);
}
