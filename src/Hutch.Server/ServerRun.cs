using System.Globalization;

namespace Hutch.Server;

/// <summary>Servers of one process, one after the other, on the same listening sockets.</summary>
internal sealed class ServerRun(TimeProvider time)
{
    private static readonly TimeSpan MinUptimeBetweenRebuilds = TimeSpan.FromMinutes(5);

    /// <summary>Requests that are in progress at a hand-over may take this long; later ones wait until the next server answers.</summary>
    private static readonly TimeSpan MaxDrain = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    private readonly ServiceManager _manager = ServiceManager.Find(Environment.GetEnvironmentVariable, time);

    public async Task RunAsync(ServeOptions options, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task watched = _manager.WatchAsync(ended.Token);
        await using var sockets = new ListenSockets();
        ServeOptions? next = options with { Sockets = sockets };
        Action? started = null;
        TimeSpan minUptime = TimeSpan.Zero;
        Task closing = Task.CompletedTask;
        try
        {
            while (next is not null)
            {
                ServeOptions current = next;
                HutchServer server = await HutchServer.StartAsync(current, ct);
                try
                {
                    started?.Invoke();
                    await closing;
                    await sockets.CloseUnusedAsync(ct);
                    (next, started) = await ServeAsync(server, current, minUptime, ct);
                }
                finally
                {
                    // After a hand-over, clients do not wait for the end of the old one.
                    closing = CloseAsync(server, next is not null && next.DataFolder != current.DataFolder ? current.Notice : null);
                }

                sockets.Release();
                minUptime = next is null ? TimeSpan.Zero : MinUptimeBetweenRebuilds;
            }
        }
        finally
        {
            await closing;
            await ended.CancelAsync();
            await watched;
        }
    }

    /// <param name="notice">Called with a problem after a hand-over, which must not end the new place; null to throw it.</param>
    private static async Task CloseAsync(HutchServer server, Action<string>? notice)
    {
        try
        {
            await server.DisposeAsync();
        }
        catch (Exception e) when (notice is not null && e is not OutOfMemoryException)
        {
            notice($"The old place was shut, but not closed cleanly: {e.Message}");
        }
    }

    /// <summary>
    /// Serves until the server has closed, or its site was handed over. Returns the options of the one that follows, and the report of its
    /// start.
    /// </summary>
    private async Task<(ServeOptions? Next, Action? Started)> ServeAsync(
        HutchServer server, ServeOptions options, TimeSpan minUptime, CancellationToken ct)
    {
        _manager.NoteReady();
        long began = time.GetTimestamp();
        bool isLast = true;
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration cancelled = ct.Register(server.Stop);
        await using CancellationTokenRegistration stopped = server.Stopping.Register(() =>
        {
            if (Volatile.Read(ref isLast))
            {
                options.Notice?.Invoke("Stopping; finishing requests in progress.");
                _manager.NoteStopping();
            }

            stopping.TrySetResult();
        });
        await Task.WhenAny(stopping.Task, server.Site.RecordsDamaged, server.HandingOver);
        if (!stopping.Task.IsCompleted && server.HandingOver.IsCompletedSuccessfully)
        {
            Volatile.Write(ref isLast, false);
            return await HandOverAsync(server, options, await server.HandingOver);
        }

        bool isToRebuild = !stopping.Task.IsCompleted && time.GetElapsedTime(began) >= minUptime;
        Volatile.Write(ref isLast, !isToRebuild);
        if (isToRebuild)
        {
            options.Notice?.Invoke("site.db is damaged; restarting to make it anew.");
            server.Stop();
        }

        await stopping.Task;
        await server.DisposeAsync();
        return (isToRebuild ? options : null, null);
    }

    /// <summary>
    /// Closes the server, copies the last increment and fences the old place. If that fails before the fence, the old place serves again;
    /// after it, this is repeated until it succeeds.
    /// </summary>
    private async Task<(ServeOptions? Next, Action? Started)> HandOverAsync(HutchServer server, ServeOptions options, HandOver wanted)
    {
        long began = time.GetTimestamp();
        using (var cut = new CancellationTokenSource(MaxDrain, time))
        {
            await server.CloseDoorsAsync(cut.Token);
        }

        if (options.Site.Bucket is not null)
        {
            // Its owner changes, which an open site would take for a take-over.
            await server.DisposeAsync();
        }

        TimeSpan closed = time.GetElapsedTime(began);
        while (true)
        {
            Result<MoveReport> moved = await TryFinishAsync(wanted.Move, options.Site.Bucket is null ? server.Backup : null);
            if (moved.IsOk)
            {
                ServeOptions next = wanted.Target with
                {
                    Sockets = options.Sockets,
                    Notice = options.Notice,
                    StopsOnSignals = options.StopsOnSignals,
                };
                TimeSpan copied = time.GetElapsedTime(began);
                return (next, () => Report(wanted.Move, moved.Value, (closed, copied, time.GetElapsedTime(began)), options.Notice));
            }

            options.Notice?.Invoke($"The move did not end: {moved.Error.Message}");
            if (await wanted.Move.TryStayAsync(CancellationToken.None))
            {
                await server.DisposeAsync();
                return (options, () => wanted.Move.NoteOutcome(HandOverJob.Refused + moved.Error.Message.ReplaceLineEndings(" ")));
            }

            await Task.Delay(RetryEvery, time, CancellationToken.None);
        }
    }

    private static void Report(
        SiteMove move, MoveReport moved, (TimeSpan Closed, TimeSpan Copied, TimeSpan Started) until, Action<string>? notice)
    {
        string waited = string.Create(CultureInfo.InvariantCulture, $"{until.Started.TotalMilliseconds:0} ms");
        move.NoteOutcome(HandOverJob.Done + waited);
        notice?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"The site has moved from {moved.From} to {moved.To}. Requests waited for {waited}: "
            + $"{until.Closed.TotalMilliseconds:0} ms until the old place was closed, {until.Copied.TotalMilliseconds:0} ms until the rest "
            + $"was copied."));
    }

    private static async Task<Result<MoveReport>> TryFinishAsync(SiteMove move, BackupWriter? own)
    {
        try
        {
            return await move.FinishAsync(own, static _ => { }, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (e as HutchException)?.Error ?? ErrorCode.Unavailable.With(e.Message);
        }
    }
}
