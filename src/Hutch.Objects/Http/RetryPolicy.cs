using System.Net;

namespace Hutch.Objects.Http;

/// <summary>When and how long to wait before a request is sent again.</summary>
public sealed class RetryPolicy
{
    /// <summary>The most times that a request is sent.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Wait before the second attempt; it doubles from then on.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest delay, unless the server asks for more.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait that a server may ask for with Retry-After; when it asks for more, its refusal is passed on.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Spreads the clients of one server that came back: a number in [0, 1).</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>Replaced in tests.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The wait after a failed attempt (counted from 1), or null when it shall not be tried again.</summary>
    /// <param name="attempt">Attempts so far.</param>
    /// <param name="repeatable">Whether sending it twice does the same as sending it once.</param>
    /// <param name="status">Status of the answer; null when there was none.</param>
    /// <param name="retryAfter">What the server asked for.</param>
    /// <param name="connected">Whether the request may have reached the server.</param>
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
