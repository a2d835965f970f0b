namespace Hutch.Site.Life.Maintenance;

/// <summary>Reads all stored bytes again, to find damage before the bytes are needed.</summary>
public interface IScrubber
{
    /// <summary>Reads everything once.</summary>
    /// <param name="progress">Called after each part: the number of parts read, and of all.</param>
    Task<ScrubSummary> RunAsync(Action<int, int> progress, CancellationToken ct);
}

/// <param name="Damage">The bytes that differ from what was written, a line each.</param>
public sealed record ScrubSummary(int Segments, long Members, long Bytes, IReadOnlyList<string> Damage);
