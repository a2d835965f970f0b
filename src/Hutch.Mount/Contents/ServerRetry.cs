using Hutch.Client.Http;

namespace Hutch.Mount.Contents;

/// <summary>
/// Retries of requests while the server restarts or the network is away: with growing delays, for a limited time without progress. Readers
/// wait during this time, then receive an error.
/// </summary>
internal sealed class ServerRetry(TimeSpan limit, TimeProvider time, Action<string> notice)
{
    private readonly RetryPolicy _policy = new()
    {
        FirstDelay = TimeSpan.FromMilliseconds(100),
        MaxDelay = TimeSpan.FromSeconds(2),
        Jitter = Random.Shared.NextDouble,
        Time = time,
    };

    private int _isAway;

    /// <summary>Calls the server until it answers; throws the last failure when the time is over.</summary>
    internal async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(time.GetTimestamp());
        while (true)
        {
            try
            {
                T result = await call(cancellationToken);
                Answered();
                return result;
            }
            catch (Exception e) when (MayRetry(e, attempt, cancellationToken))
            {
                await WaitAsync(attempt, cancellationToken);
            }
        }
    }

    /// <summary>Begins to count the time without progress.</summary>
    internal Attempt Begin() => new(time.GetTimestamp());

    /// <summary>Notes that bytes arrived.</summary>
    internal void Progressed(Attempt attempt)
    {
        (attempt.Since, attempt.Failures) = (time.GetTimestamp(), 0);
        Answered();
    }

    /// <summary>Returns true if a failure can pass, and there is time left.</summary>
    internal bool MayRetry(Exception e, Attempt attempt, CancellationToken cancellationToken)
    {
        bool mayPass = CanPass(e) && time.GetElapsedTime(attempt.Since) < limit && !cancellationToken.IsCancellationRequested;
        if (mayPass && Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            notice($"{e.Message.TrimEnd('.')}; trying again for {limit.TotalSeconds:0} s.");
        }

        return mayPass;
    }

    internal Task WaitAsync(Attempt attempt, CancellationToken cancellationToken) =>
        _policy.WaitAsync(++attempt.Failures, cancellationToken);

    private static bool CanPass(Exception e) =>
        e is TimeoutException || Transport.IsBroken(e)
        || (RetryClassifier.CanPass(e) && e is not HutchException { Error.Code.Name: "quarantined" });

    private void Answered()
    {
        if (Volatile.Read(ref _isAway) == 1 && Interlocked.Exchange(ref _isAway, 0) == 1)
        {
            notice("The server answers again.");
        }
    }

    /// <summary>The failures of one call since its last progress.</summary>
    internal sealed class Attempt(long since)
    {
        internal long Since { get; set; } = since;

        internal int Failures { get; set; }
    }
}
