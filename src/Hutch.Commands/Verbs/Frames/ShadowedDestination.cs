using Hutch.Capture;

namespace Hutch.Commands.Verbs.Frames;

/// <summary>Reports to a trial each series that gets a dataset, or continues in its existing one.</summary>
internal sealed class ShadowedDestination(ICaptureDestination inner, ShadowTrial trial) : ICaptureDestination
{
    public async Task<CaptureTarget> CreateAsync(NewSeries series, CancellationToken cancellationToken)
    {
        CaptureTarget target = await inner.CreateAsync(series, cancellationToken);
        trial.Begin(target, series);
        return target;
    }

    public async Task<CaptureTarget?> ReopenAsync(string taken, CancellationToken cancellationToken)
    {
        CaptureTarget? target = await inner.ReopenAsync(taken, cancellationToken);
        if (target is not null)
        {
            trial.Resume(target);
        }

        return target;
    }

    public Task<string?> CompleteAsync(CaptureTarget target, CancellationToken cancellationToken) =>
        inner.CompleteAsync(target, cancellationToken);
}
