namespace Hutch.Objects.Http;

/// <summary>Decides if and when a request is sent again.</summary>
public static class HttpRetry
{
    /// <summary>The longest delay that a server may request with Retry-After; if it requests a longer one, its error is returned.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>The default policy: 5 attempts, and delays from 200 ms to 5 s.</summary>
    public static RetryPolicy Default { get; } = new() { MaxAttempts = 5, Jitter = Random.Shared.NextDouble };

    /// <summary>The delay after a failed attempt (counted from 1); null for no retry.</summary>
    /// <param name="repeatable">True if the request is idempotent.</param>
    /// <param name="connected">True if the request may have reached the server.</param>
    public static TimeSpan? DelayAfter(
        this RetryPolicy policy, int attempt, bool repeatable, HttpStatusCode? status, TimeSpan? retryAfter, bool connected)
    {
        bool transient = status is null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;
        bool safe = repeatable || !connected || status is HttpStatusCode.TooManyRequests;
        if (!transient || !safe || !policy.MayRetry(attempt) || retryAfter > MaxRetryAfter)
        {
            return null;
        }

        TimeSpan own = policy.DelayAfter(attempt);
        return retryAfter is { } asked && asked > own ? asked : own;
    }
}
