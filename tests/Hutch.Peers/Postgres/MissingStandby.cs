using System.Diagnostics;

namespace Hutch.Peers.Postgres;

/// <summary>A synchronous standby that all commits of a server of a test's own wait for, and that there is not.</summary>
/// <param name="run">Runs a statement as the superuser.</param>
/// <param name="ask">Asks a question as the superuser.</param>
public sealed class MissingStandby(Action<string> run, Func<string, bool> ask)
{
    private const string IsWaitedFor = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')";

    private const string CancelWait =
        "SELECT coalesce(bool_or(pg_cancel_backend(pid)), false) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

    /// <summary>From now on commits wait for it.</summary>
    public async Task RequireAsync(CancellationToken ct)
    {
        run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        run("SELECT pg_reload_conf()");

        // They begin to wait some time after the setting was changed: one that does is cancelled.
        using var stop = new CancellationTokenSource();
        Task probing = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    run("SELECT pg_logical_emit_message(true, 'probe', '')");
                }
            },
            ct);
        await WaitedForAsync(ct);
        await stop.CancelAsync();
        await CancelWaitAsync(ct);
        await probing;
    }

    /// <summary>Returns when a commit waits for it.</summary>
    public Task WaitedForAsync(CancellationToken ct) => UntilAsync(IsWaitedFor, ct);

    /// <summary>Cancels the next commit that waits for it, as an operator would who despairs of the standby.</summary>
    public Task CancelWaitAsync(CancellationToken ct) => UntilAsync(CancelWait, ct);

    /// <summary>Commits wait no longer.</summary>
    public void Remove()
    {
        run("ALTER SYSTEM RESET synchronous_standby_names");
        run("SELECT pg_reload_conf()");
    }

    private async Task UntilAsync(string question, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (!ask(question))
        {
            if (waited.Elapsed > TimeSpan.FromMinutes(5))
            {
                throw new TimeoutException($"It did not come true: {question}");
            }

            await Task.Delay(20, ct);
        }
    }
}
