using System.Net;

namespace Hutch.Objects.Http;

public sealed class RetryPolicy
{
    /// <summary>The most attempts, including the first.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The delay before the second attempt; it doubles after each further one.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest delay, unless the server requests a longer one.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest delay that a server may request with Retry-After; if it requests a longer one, its error is returned.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Spreads clients that failed together: a number in [0, 1).</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The delay after a failed attempt (counted from 1); null for no retry.</summary>
    /// <param name="repeatable">True if the request is idempotent.</param>
    /// <param name="connected">True if the request may have reached the server.</param>
    public TimeSpan? DelayAfter(int attempt, bool repeatable, HttpStatusCode? status, TimeSpan? retryAfter, bool connected)
    {
        bool transient = status is null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;
        bool safe = repeatable || !connected || status is HttpStatusCode.TooManyRequests;
        if (!transient || !safe || attempt >= MaxAttempts || retryAfter > MaxRetryAfter)
        {
            return null;
        }

        double factor = Math.Pow(2, attempt - 1) * (0.5 + Jitter());
        TimeSpan own = TimeSpan.FromTicks((long)Math.Min(FirstDelay.Ticks * factor, MaxDelay.Ticks));
        return retryAfter is { } asked && asked > own ? asked : own;
    }
}
