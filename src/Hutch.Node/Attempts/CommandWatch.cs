using System.Diagnostics;
using Hutch.Model.Records;

namespace Hutch.Node.Attempts;

/// <summary>
/// Ends a command that takes more of the disk or of memory than it may. The free space is read often, which costs nothing; the files of the
/// results are counted when so much is gone that they could be too large, and from time to time.
/// </summary>
internal sealed class CommandWatch : IAsyncDisposable
{
    private const int MostTimeOfCounts = 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(1);

    private readonly ScratchSpace _scratch;
    private readonly CommandFolder _workFolder;
    private readonly ControlGroup? _group;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _exceeded = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;
    private long _own;
    private long _freeAtCount;
    private long _counted;
    private TimeSpan _pause = CountEvery;

    internal CommandWatch(ScratchSpace scratch, CommandFolder workFolder, ControlGroup? group, TimeProvider time)
    {
        (_scratch, _workFolder, _group, _time) = (scratch, workFolder, group, time);
        Count();
        _watching = WatchAsync(_end.Token);
    }

    /// <summary>Cancelled when the command has to end.</summary>
    internal CancellationToken Exceeded => _exceeded.Token;

    /// <summary>The failure because of which it had to end; null for none.</summary>
    internal CommandOutcome? Failure { get; private set; }

    /// <summary>Returns the failure of a command after its end, which may have been quicker than any look.</summary>
    internal async Task<CommandOutcome?> EndAsync(CancellationToken ct)
    {
        await StopAsync().WaitAsync(ct);
        return Failure ?? FindExceeded(isLast: true);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _end.Dispose();
        _exceeded.Dispose();
    }

    private async Task StopAsync()
    {
        await _end.CancelAsync();
        await _watching;
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                if (FindExceeded(isLast: false) is { } failure)
                {
                    Failure = failure;
                    await _exceeded.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The command has ended.
        }
    }

    private CommandOutcome? FindExceeded(bool isLast)
    {
        if (_group is { HasRunOutOfMemory: true })
        {
            return OutOfMemory;
        }

        long free = _scratch.FreeBytes(_workFolder.Outside);
        TimeSpan since = _time.GetElapsedTime(_counted);
        bool mayBeTooLarge = _scratch.MostBytes is { } most && _own + (_freeAtCount - free) > most;
        if (isLast || mayBeTooLarge || since >= _pause || (free < 0 && since >= _pause / MostTimeOfCounts))
        {
            Count();
        }

        // The command whose end makes the room that is missing ends first; when even the half of what belongs to others is gone, each.
        return _own > _scratch.MostBytes ? _scratch.TooLarge()
            : !isLast && free < 0 && (_own >= -free || free < -_scratch.KeepFreeBytes / 2) ? ScratchSpace.Full(_own)
            : null;
    }

    private static CommandOutcome OutOfMemory { get; } = CommandOutcome.Failed(
        "The command was ended because it needed more memory than its program allows (resources.memory), with what it wrote to /tmp and "
        + "/dev/shm.",
        AttemptFailure.Memory);

    private void Count()
    {
        long begun = Stopwatch.GetTimestamp();
        _own = _workFolder.BytesOfResults();
        TimeSpan took = Stopwatch.GetElapsedTime(begun) * MostTimeOfCounts;
        _pause = took > CountEvery ? took : CountEvery;
        _freeAtCount = _scratch.FreeBytes(_workFolder.Outside);
        _counted = _time.GetTimestamp();
    }
}
