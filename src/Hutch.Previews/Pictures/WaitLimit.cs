namespace Hutch.Previews.Pictures;

/// <summary>Bounds how long a request waits for memory of images.</summary>
internal static class WaitLimit
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(15);

    public static async Task<Result<T>> RunAsync<T>(
        Func<CancellationToken, Task<Result<T>>> work, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(MaxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return ErrorCode.TooManyRequests.With(
                $"Other requests used the memory for images, yours or that of all, for {MaxWait.TotalSeconds:0} s. Try again in a moment.");
        }
    }
}
