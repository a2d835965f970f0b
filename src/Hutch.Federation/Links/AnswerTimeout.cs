using Hutch.Federation.Wire;

namespace Hutch.Federation.Links;

/// <summary>Waits for the answer of another site, and not for ever.</summary>
internal sealed class AnswerTimeout(TimeSpan limit, TimeProvider time)
{
    /// <summary>Sends a request. A site that does not answer in time counts as unreachable.</summary>
    /// <param name="whom">The beginning of the sentence for that case.</param>
    public Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(
        ISitePeer peer, string whom, PeerCall<TRequest, TAnswer> call, TRequest request, CancellationToken ct) =>
        RequestAsync(whom, either => peer.CallAsync(call, request, either), ct);

    /// <summary>Sends a request. A site that does not answer in time counts as unreachable.</summary>
    public async Task<Result<T>> RequestAsync<T>(string whom, Func<CancellationToken, Task<Result<T>>> ask, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return ErrorCode.Unavailable.With($"{whom} did not answer within {limit.TotalSeconds:0} s.");
        }
    }
}
