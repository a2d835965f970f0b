using Hutch.Client.Http;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Watching;

/// <summary>
/// Scans a growing folder until it is cancelled: soon after the system reports a change, when a file can be finished, and at an interval
/// in any case. A server or disk that is away is tried again, with growing waits.
/// </summary>
/// <param name="open">Opens the folder: at the start, and after a failure of its disk.</param>
/// <param name="start">Makes the engine of an open folder.</param>
public sealed class FolderWatch(
    string path, WatchOptions options, TimeProvider time, Func<Workspace> open, Func<Workspace, WatchEngine> start)
{
    /// <summary>A round that sends nothing takes at most one part in so many of the time.</summary>
    private const int ShareOfScans = 20;

    private static readonly RetryPolicy Retry = RetryPolicy.Between(1, 300);

    /// <summary>Called after each round.</summary>
    public Action<WatchRound> Scanned { get; init; } = static _ => { };

    /// <summary>Called after a failure that may pass, with the wait before the next round.</summary>
    public Action<Exception, TimeSpan> Failed { get; init; } = static (_, _) => { };

    /// <summary>Runs until it is cancelled or a permanent failure is thrown.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using FolderSignal? signal = FolderSignal.TryWatch(path, Workspace.ControlFolder);
        Workspace? workspace = null;
        try
        {
            WatchEngine? engine = null;
            for (int failures = 0; ;)
            {
                try
                {
                    workspace ??= open();
                    engine ??= start(workspace);
                    WatchRound round = await engine.RunAsync(cancellationToken);
                    failures = 0;
                    Scanned(round);
                    await WaitAsync(signal, round, cancellationToken);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested && MayPass(e))
                {
                    if (IsOfDisk(e))
                    {
                        workspace?.Dispose();
                        (workspace, engine) = (null, null); // another disk may be mounted there next time
                    }

                    TimeSpan wait = Retry.DelayAfter(++failures);
                    Failed(e, wait);
                    await Task.Delay(wait, time, cancellationToken);
                }
            }
        }
        finally
        {
            workspace?.Dispose();
        }
    }

    /// <summary>Returns true for failures that end by themselves, or after another person's action: a loop waits for that.</summary>
    internal static bool MayPass(Exception failure) => failure switch
    {
        ServerUnreachableException or BadAnswerException or VerificationException or IOException or UnauthorizedAccessException => true,
        HutchException { Error.Code: var code } => code.Status is >= 500 or 429 or 408
            || code == ErrorCode.Conflict || code == ErrorCode.PathConflict || code == ErrorCode.BlobNotNameable,
        _ => false,
    };

    // What an engine knows of files that are quiet lasts over failures of the server, and of a disk that is full.
    private static bool IsOfDisk(Exception failure) =>
        failure is UnauthorizedAccessException || (failure is IOException disk && !FullDisk.IsCauseOf(disk));

    private async Task WaitAsync(FolderSignal? signal, WatchRound round, CancellationToken cancellationToken)
    {
        TimeSpan rest = round.Snapshot is null ? round.Took * ShareOfScans : TimeSpan.Zero;
        rest = rest > options.Every ? rest : options.Every;
        await Task.Delay(rest, time, cancellationToken);
        TimeSpan left = (round.NextIn is { } next && next < options.Rescan ? next : options.Rescan) - rest;
        if (left <= TimeSpan.Zero)
        {
            return;
        }

        if (signal is null)
        {
            await Task.Delay(left, time, cancellationToken);
        }
        else
        {
            await signal.WaitAsync(left, time, cancellationToken);
        }
    }
}
