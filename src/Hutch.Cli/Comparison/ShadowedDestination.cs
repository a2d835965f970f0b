using Hutch.Live.Capture;

namespace Hutch.Cli.Comparison;

/// <summary>Tells a trial of each series that gets a dataset.</summary>
internal sealed class ShadowedDestination(ICaptureDestination inner, ShadowTrial trial) : ICaptureDestination
{
    /// <inheritdoc/>
    public async Task<CaptureTarget> CreateAsync(NewSeries series, CancellationToken cancellationToken)
    {
        CaptureTarget target = await inner.CreateAsync(series, cancellationToken);
        trial.Begin(target, series);
        return target;
    }

    /// <inheritdoc/>
    public Task<CaptureTarget?> ReopenAsync(string id, CancellationToken cancellationToken) => inner.ReopenAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task CompleteAsync(CaptureTarget target, CancellationToken cancellationToken) => inner.CompleteAsync(target, cancellationToken);
}
