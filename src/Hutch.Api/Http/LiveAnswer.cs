namespace Hutch.Api.Http;

/// <summary>
/// Answers that go on: they end when the client goes away, the server stops, or the caller loses its session, token or account.
/// </summary>
internal static class LiveAnswer
{
    /// <summary>Writes an answer; false when it was cut for another reason than that the client went away.</summary>
    public static async Task<bool> WriteAsync(ApiRequest request, Func<CancellationToken, Task> write)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Api.Stopping);
        Task lost = request.Api.Authenticator.WaitForEndAsync(request.Caller, ending.Token);
        Task writing = write(ending.Token);
        await Task.WhenAny(lost, writing);
        bool isCut = !writing.IsCompleted && !request.Aborted.IsCancellationRequested;
        await ending.CancelAsync();
        await lost.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await writing;
            return true;
        }
        catch (OperationCanceledException) when (!request.Aborted.IsCancellationRequested
            && (isCut || request.Api.Stopping.IsCancellationRequested))
        {
            return false;
        }
    }
}
