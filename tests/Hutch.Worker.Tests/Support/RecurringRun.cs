using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Model;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Runs;

namespace Hutch.Worker.Tests.Support;

/// <summary>One run that is over as soon as a worker has taken part in it, and comes back at once, as over a restart of the server.</summary>
internal sealed class RecurringRun : IFrameLeaseSource
{
    private readonly Guid _run = Guid.NewGuid();
    private readonly TaskCompletionSource _takenTwice = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    /// <summary>Ends when the worker has taken it for the second time.</summary>
    public Task TakenTwice => _takenTwice.Task;

    public int FramesPerLease => 1;

    public int ReadAhead => 0;

    public async Task<FrameLease?> LeaseFirstAsync(
        IReadOnlyCollection<Guid> known, IReadOnlySet<string> programs, CancellationToken cancellationToken)
    {
        if (known.Contains(_run))
        {
            // It has its answer already. A short wait lets other threads run before it asks again.
            await Task.Delay(1, cancellationToken);
            return null;
        }

        if (Interlocked.Increment(ref _taken) == 2)
        {
            _takenTwice.SetResult();
        }

        return new FrameLease
        {
            Id = Guid.NewGuid(),
            Run = _run,
            Program = FakeStep.Name,
            Parameters = System.Text.Json.JsonElement.Parse("{}"),
            Frames = [],
        };
    }

    public ValueTask<FrameLease?> LeaseNextAsync(FrameLease previous, CancellationToken cancellationToken) => new((FrameLease?)null);

    public IDisposable? Enter(FrameLease lease) => null;

    public Task<Result<EntryBytes?>> ReadEntryAsync(FrameLease lease, string path, int maxBytes, CancellationToken cancellationToken) =>
        Task.FromResult(Result<EntryBytes?>.Ok(null));

    public Task ReadFrameAsync(
        FrameLease lease, StoredFrame frame, FrameBuffer buffer, long maxBytes, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task PutFileAsync(FrameLease lease, int frame, StepFile file, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask GiveAsync(FrameLease lease, IReadOnlyList<FrameResult> rows, CancellationToken cancellationToken) => default;

    public Task ReturnAsync(FrameLease lease, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task FailRunAsync(FrameLease lease, HutchError reason, CancellationToken cancellationToken) => Task.CompletedTask;
}
