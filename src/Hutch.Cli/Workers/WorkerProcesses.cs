using System.Diagnostics;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Workers;

/// <summary>
/// Several processes of one worker: what ends one of them takes only its frames along. One that ended is started again, later and later;
/// one that says that it must not, because its token is not good, ends all.
/// </summary>
/// <remarks>They end when this process does, however it ends: their standard input ends with it.</remarks>
internal sealed class WorkerProcesses(Func<ProcessStartInfo> start, TimeProvider time, Action<string> tell)
{
    private static readonly RetryPolicy Restarts = new() { FirstDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(30) };
    private static readonly TimeSpan LongLife = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private static readonly int[] Final =
        [ExitCode.Usage, ExitCode.NotLoggedIn, ExitCode.Forbidden, ExitCode.NotFound, ExitCode.Conflict];

    /// <summary>Runs until cancelled, or until one must not go on; its exit code then.</summary>
    public async Task<int> RunAsync(int count, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        int[] codes = await Task.WhenAll(Enumerable.Range(1, count).Select(number => KeepAsync(number, stop)));
        return codes.FirstOrDefault(code => code != ExitCode.Ok);
    }

    private async Task<int> KeepAsync(int number, CancellationTokenSource stop)
    {
        for (int failures = 1; ; failures++)
        {
            long began = time.GetTimestamp();
            int code = await RunOneAsync(stop.Token);
            if (stop.IsCancellationRequested)
            {
                return ExitCode.Ok;
            }

            if (Final.Contains(code))
            {
                await stop.CancelAsync();
                return code;
            }

            failures = time.GetElapsedTime(began) > LongLife ? 1 : failures;
            TimeSpan delay = Restarts.DelayAfter(failures);
            tell($"Worker process {number} ended with code {code}; another one starts in {delay.TotalSeconds:0} s.");
            await Task.Delay(delay, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return ExitCode.Ok;
            }
        }
    }

    private async Task<int> RunOneAsync(CancellationToken cancellationToken)
    {
        using Process process = Process.Start(start()) ?? throw new InvalidOperationException("The worker process did not start.");
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(StopLimit, time);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }

        return process.ExitCode;
    }
}
