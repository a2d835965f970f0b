using Hutch.Client.Http;

namespace Hutch.Capture;

/// <summary>Retries temporary failures without a time limit: a restarting server, a full disk, a broken network. Throws refusals.</summary>
/// <param name="waiting">Receives the reason for the wait, once for each outage.</param>
internal sealed class RetryForever(TimeProvider time, Action<string> waiting)
{
    private readonly RetryPolicy _policy = RetryPolicy.Every(TimeSpan.FromMilliseconds(500), time);
    private int _isWaiting;

    /// <summary>Does something until it is done.</summary>
    public Task RepeatAsync(Func<Task> action, CancellationToken cancellationToken) => RepeatAsync(
        async () =>
        {
            await action();
            return true;
        },
        cancellationToken);

    /// <summary>Does something until it is done, and gives its result.</summary>
    public async Task<T> RepeatAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        T result = await _policy.RunAsync(_ => action(), CanPass, ReportOnce, cancellationToken);
        Volatile.Write(ref _isWaiting, 0);
        return result;
    }

    private void ReportOnce(Exception e)
    {
        if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
        {
            waiting(e.Message);
        }
    }

    // The quota of one owner is no reason for the series of others to wait behind it.
    private static bool CanPass(Exception e) =>
        RetryClassifier.CanPass(e) && (e as HutchException)?.Error.Details?.ContainsKey("quota") != true;
}
