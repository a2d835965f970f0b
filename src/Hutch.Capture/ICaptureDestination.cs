namespace Hutch.Capture;

public interface ICaptureDestination
{
    Task<CaptureTarget> CreateAsync(NewSeries series, CancellationToken cancellationToken);

    /// <summary>
    /// Opens the dataset that this destination took for a series before, by the last value that <see cref="NewSeries.Taking"/> received.
    /// Returns null if it was not taken yet, or takes no more frames.
    /// </summary>
    Task<CaptureTarget?> ReopenAsync(string taken, CancellationToken cancellationToken);

    /// <summary>The series is whole, as far as it came.</summary>
    /// <returns>Why its dataset stays open although it was to be closed; null otherwise.</returns>
    Task<string?> CompleteAsync(CaptureTarget target, CancellationToken cancellationToken);
}

/// <param name="Key">The identity of the series: its unique id, else its number.</param>
/// <param name="Fields">The start message's fields; null if it was not received.</param>
/// <param name="Taken">
/// The last value that <paramref name="Taking"/> received, in a process that was killed; null if there was none.
/// </param>
/// <param name="Taking">
/// Receives a dataset before it is made, and before it is taken, so that a restart after a kill continues with it.
/// </param>
public sealed record NewSeries(
    string Key, JsonObject? Fields, ReadOnlyMemory<byte> Header, string? Taken, Action<string> Taking);

/// <param name="Id">By which it is found again.</param>
public sealed record CaptureTarget(string Id, string Name, IFrameSink Sink);
