namespace Hutch.Model;

/// <summary>The policy for retries: the number of attempts, and the delays between them.</summary>
public sealed record RetryPolicy
{
    /// <summary>The most attempts, including the first; unlimited by default.</summary>
    public int MaxAttempts { get; init; } = int.MaxValue;

    /// <summary>The delay before the second attempt; it doubles after each further one.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest delay.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Spreads clients that failed together: a number in [0, 1), for half to one and a half of the delay; null for none.</summary>
    public Func<double>? Jitter { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A policy without a limit, with the same delay each time.</summary>
    public static RetryPolicy Every(TimeSpan delay, TimeProvider time) => new() { FirstDelay = delay, MaxDelay = delay, Time = time };

    /// <summary>A policy without a limit, whose delay grows from one number of seconds to another.</summary>
    public static RetryPolicy Between(double firstSeconds, double maxSeconds) =>
        new() { FirstDelay = TimeSpan.FromSeconds(firstSeconds), MaxDelay = TimeSpan.FromSeconds(maxSeconds) };

    /// <summary>The delay after a number of consecutive failures.</summary>
    public TimeSpan DelayAfter(int failures)
    {
        double factor = Math.Pow(2, Math.Max(0, failures - 1)) * (Jitter is null ? 1 : 0.5 + Jitter());
        return TimeSpan.FromTicks((long)Math.Min(FirstDelay.Ticks * factor, MaxDelay.Ticks));
    }

    /// <summary>Returns true if the number of failures allows another attempt.</summary>
    public bool MayRetry(int failures) => failures < MaxAttempts;

    /// <summary>Waits before the next attempt.</summary>
    public Task WaitAsync(int failures, CancellationToken ct) => Task.Delay(DelayAfter(failures), Time, ct);

    /// <summary>Retries an action that throws, until it succeeds.</summary>
    /// <param name="isTransient">Returns true for an exception to retry; others are thrown.</param>
    /// <param name="failed">Receives each exception before the delay.</param>
    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> action, Func<Exception, bool> isTransient, Action<Exception>? failed, CancellationToken ct)
    {
        for (int failures = 1; ; failures++)
        {
            try
            {
                return await action(ct);
            }
            catch (Exception e) when (MayRetry(failures) && isTransient(e) && !ct.IsCancellationRequested)
            {
                failed?.Invoke(e);
            }

            await WaitAsync(failures, ct);
        }
    }

    /// <summary>Retries an action that returns errors, until it succeeds or returns a permanent one.</summary>
    /// <param name="isTransient">Returns true for an error to retry; others are returned.</param>
    /// <param name="failed">Receives each error before the delay.</param>
    public async Task<Result<T>> RunAsync<T>(
        Func<CancellationToken, Task<Result<T>>> action, Func<HutchError, bool> isTransient, Action<HutchError>? failed,
        CancellationToken ct)
    {
        for (int failures = 1; ; failures++)
        {
            Result<T> outcome = await action(ct);
            if (outcome.IsOk || !MayRetry(failures) || !isTransient(outcome.Error))
            {
                return outcome;
            }

            failed?.Invoke(outcome.Error);
            await WaitAsync(failures, ct);
        }
    }
}
