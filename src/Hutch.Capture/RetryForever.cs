using Hutch.Client.Http;
using Hutch.Model;

namespace Hutch.Capture;

/// <summary>Retries temporary failures without a time limit: a restarting server, a full disk, a broken network. Throws refusals.</summary>
/// <param name="waiting">Receives the reason for the wait, once for each outage.</param>
internal sealed class RetryForever(TimeProvider time, Action<string> waiting)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

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
        while (true)
        {
            try
            {
                T result = await action();
                Volatile.Write(ref _isWaiting, 0);
                return result;
            }
            catch (Exception e) when (CanPass(e) && !cancellationToken.IsCancellationRequested)
            {
                if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
                {
                    waiting(e.Message);
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    // The quota of one owner is no reason for the series of others to wait behind it.
    private static bool CanPass(Exception e) =>
        RetryClassifier.CanPass(e) && (e as HutchException)?.Error.Details?.ContainsKey("quota") != true;
}
