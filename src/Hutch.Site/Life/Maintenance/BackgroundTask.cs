namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// A background task that runs until the server stops. If it ends with an error, that is logged, becomes a warning for the operator, and
/// the task starts again after a delay: one damaged file must not end it until the next start.
/// </summary>
public sealed partial class BackgroundTask
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WarnFor = TimeSpan.FromHours(1);

    private readonly string _what;
    private readonly Func<CancellationToken, Task> _run;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile Failure? _last;

    public BackgroundTask(string what, Func<CancellationToken, Task> run, SiteWarnings warnings, TimeProvider time, ILogger logger)
    {
        (_what, _run, _time, _logger) = (what, run, time, logger);
        warnings.Add(Warn);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        // Not on the thread that starts the host.
        await Task.Yield();
        try
        {
            while (!await TryAsync(ct))
            {
                await Task.Delay(TryAgainAfter, _time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The way this ends.
        }
        catch (Exception e) when (ct.IsCancellationRequested)
        {
            // The server stops; a failure that left here would end it before the others are done.
            LogNotEnded(_logger, _what, e);
        }
    }

    private async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            await _run(ct);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _last = new Failure(_time.GetUtcNow(), e.Message);
            LogFailed(_logger, _what, e);
            return false;
        }
    }

    private SiteWarning? Warn() => _last is { } last && _time.GetUtcNow() - last.At < WarnFor
        ? new SiteWarning(
            "background-failed",
            $"Background work failed and was begun again: {_what} ({last.Message.TrimEnd('.')}).",
            "If this warning stays, look into the log for the reason.")
        : null;

    [LoggerMessage(EventId = 3204, Level = LogLevel.Error, Message = "Background work failed; it begins again in a minute: {What}")]
    private static partial void LogFailed(ILogger logger, string what, Exception exception);

    [LoggerMessage(
        EventId = 3208, Level = LogLevel.Warning, Message = "Background work did not finish what it had begun before the stop: {What}")]
    private static partial void LogNotEnded(ILogger logger, string what, Exception exception);

    private sealed record Failure(DateTimeOffset At, string Message);
}
