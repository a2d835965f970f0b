using Hutch.Model;
using Hutch.Site.Engines;

namespace Hutch.Engines.Tests;

/// <summary>A location at which a program is killed after some steps.</summary>
internal sealed class StoppedLocation(ISharedLocation location) : ISharedLocation
{
    private int _left = int.MaxValue;

    public bool HasBegun { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>True to fail once to open the new place.</summary>
    public bool FailsToOpen { get; set; }

    /// <summary>True to fail once to leave the old place.</summary>
    public bool FailsToLeave { get; set; }

    public int Left
    {
        set => _left = value;
    }

    public string Where => location.Where;

    public ISiteEngineFactory ForFilling => location.ForFilling;

    /// <summary>Counts every fifth call that reports progress as a step.</summary>
    public void Step(int call)
    {
        if (call % 5 == 0)
        {
            Step();
        }
    }

    private void Step()
    {
        if (--_left == 0)
        {
            throw new StoppedException();
        }
    }

    public Task<Result<Done>> BeginFillingAsync(string source, CancellationToken ct) => StepAsync(async () =>
    {
        Result<Done> begun = await location.BeginFillingAsync(source, ct);
        HasBegun = true;
        return begun;
    });

    public Task EndFillingAsync(long lastNumber, CancellationToken ct) => StepAsync(async () =>
    {
        if (FailsToOpen)
        {
            FailsToOpen = false;
            throw new IOException("not opened");
        }

        await location.EndFillingAsync(lastNumber, ct);
        return HasEnded = true;
    });

    public Task<string?> FindServerAsync(CancellationToken ct) => location.FindServerAsync(ct);

    public Task<string?> FindNewPlaceAsync(CancellationToken ct) => location.FindNewPlaceAsync(ct);

    public Task<Result<Done>> BeginLeavingAsync(string movingTo, string? ownFolder, CancellationToken ct) => StepAsync(() =>
    {
        bool fails = FailsToLeave;
        FailsToLeave = false;
        return fails ? throw new IOException("not left") : location.BeginLeavingAsync(movingTo, ownFolder, ct);
    });

    public Task CancelLeavingAsync(CancellationToken ct) => location.CancelLeavingAsync(ct);

    public Task<Result<Done>> FenceAsync(string movedTo, string? ownFolder, CancellationToken ct) =>
        StepAsync(() => location.FenceAsync(movedTo, ownFolder, ct));

    /// <summary>Stops before a step or after it.</summary>
    private async Task<T> StepAsync<T>(Func<Task<T>> work)
    {
        Step();
        T value = await work();
        Step();
        return value;
    }
}
