namespace Hutch.Datasets.Files;

/// <summary>
/// Ends downloads whose caller loses the token, the account or the right to read while they are under way. Short ones are not watched: they
/// are out before anybody could say so.
/// </summary>
public sealed class ReadGuard(Reauthorizer reauthorizer, DownloadLog downloads)
{
    /// <summary>Downloads of less than this are not watched, bytes.</summary>
    public const long WatchedBytes = 1 << 20;

    /// <summary>
    /// Sends the bytes of a dataset. When the caller may no longer read them, sending is cancelled and this throws
    /// <see cref="HutchException"/> with the reason: for the client, the answer is cut.
    /// </summary>
    /// <param name="bytes">The number of bytes; null when it is not known.</param>
    public Task SendAsync(Caller caller, DatasetId dataset, long? bytes, Func<CancellationToken, Task> send, CancellationToken ct) =>
        SendAsync(caller, dataset, bytes, isShown: false, send, ct);

    /// <summary>The same for an archive, whose content length is known only at its end.</summary>
    /// <param name="send">Sends it, and returns the number of bytes of files in it.</param>
    public Task SendArchiveAsync(Caller caller, DatasetId dataset, Func<CancellationToken, Task<long>> send, CancellationToken ct)
    {
        long bytes = 0;
        return WatchAsync(
            caller, dataset, async ending => bytes = await send(ending), () => downloads.AddArchive(caller, dataset, bytes), ct);
    }

    /// <summary>The same for a view in a page, which alone is no download.</summary>
    /// <inheritdoc cref="SendAsync(Caller, DatasetId, long?, Func{CancellationToken, Task}, CancellationToken)"/>
    public Task ShowAsync(Caller caller, DatasetId dataset, long? bytes, Func<CancellationToken, Task> send, CancellationToken ct) =>
        SendAsync(caller, dataset, bytes, isShown: true, send, ct);

    private Task SendAsync(
        Caller caller, DatasetId dataset, long? bytes, bool isShown, Func<CancellationToken, Task> send, CancellationToken ct)
    {
        if (bytes < WatchedBytes)
        {
            downloads.Add(caller, dataset, bytes, isShown); // the answer is on its way: nothing waits for its end
            return send(ct);
        }

        return WatchAsync(caller, dataset, send, () => downloads.Add(caller, dataset, bytes, isShown), ct);
    }

    private async Task WatchAsync(Caller caller, DatasetId dataset, Func<CancellationToken, Task> send, Action count, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<HutchError> lost = reauthorizer.WaitForLossAsync(caller, dataset, ending.Token);
        Task sending = send(ending.Token);
        bool isLost = await Task.WhenAny(lost, sending) == lost;
        await ending.CancelAsync();
        await ((Task)lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await sending;
            count();
        }
        catch (OperationCanceledException) when (isLost && lost.IsCompletedSuccessfully && !ct.IsCancellationRequested)
        {
            throw (await lost).ToException();
        }
    }
}
