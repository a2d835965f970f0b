using System.Text.Json.Nodes;

namespace Hutch.Capture;

/// <summary>Where captured series go: each to a dataset of its own.</summary>
public interface ICaptureDestination
{
    /// <summary>Makes the dataset of a series.</summary>
    /// <param name="series">The series.</param>
    Task<CaptureTarget> CreateAsync(NewSeries series, CancellationToken cancellationToken);

    /// <summary>
    /// Opens the dataset of a series that this destination took before, by what <see cref="NewSeries.Taking"/> was told last; null if it
    /// was not taken yet, or takes no more frames.
    /// </summary>
    Task<CaptureTarget?> ReopenAsync(string taken, CancellationToken cancellationToken);

    /// <summary>The series is whole, as far as it came.</summary>
    /// <returns>Why its dataset stays open although it was to be closed; null otherwise.</returns>
    Task<string?> CompleteAsync(CaptureTarget target, CancellationToken cancellationToken);
}

/// <summary>A series that gets a dataset.</summary>
/// <param name="Key">What tells it from other series.</param>
/// <param name="Fields">The start message's fields; null if it was not received.</param>
/// <param name="Header">The bytes of its header.</param>
/// <param name="Taken">What <paramref name="Taking"/> was told last, by a process that was killed then; null if there was none.</param>
/// <param name="Taking">
/// Told of a dataset before it is made, and before it is taken, so that a process that is killed goes on with it.
/// </param>
public sealed record NewSeries(
    string Key, JsonObject? Fields, ReadOnlyMemory<byte> Header, string? Taken, Action<string> Taking);

/// <summary>The dataset of a series.</summary>
/// <param name="Id">By which it is found again.</param>
/// <param name="Name">For people.</param>
/// <param name="Sink">Stores its entries.</param>
public sealed record CaptureTarget(string Id, string Name, IFrameSink Sink);
