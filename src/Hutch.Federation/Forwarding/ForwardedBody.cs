using System.IO.Pipelines;

namespace Hutch.Federation.Forwarding;

/// <summary>
/// The body of a request as it comes, sent on as it comes: no more of it is in memory than what a slow home has not taken yet.
/// </summary>
/// <param name="length">How long it is; null where that was not said.</param>
/// <param name="findLoss">Why it is not to be whole after all, asked when all of it has come; null for none.</param>
internal sealed class ForwardedBody(PipeReader body, long? length, Func<CancellationToken, ValueTask<HutchError?>> findLoss) : HttpContent
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isRead;

    /// <summary>The reason why the body of the caller ended early; null if it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Stops reading; completes when no read is in progress.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await _stop.CancelAsync();
        if (Volatile.Read(ref _isRead) != 0)
        {
            await _ended.Task.WaitAsync(ct);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isRead, 1) != 0)
        {
            // On a new connection the client would send the rest of it as if that were the whole.
            throw new IOException("The body has gone already.");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        try
        {
            bool isLast = false;
            while (!isLast)
            {
                ReadResult read = await ReadAsync(either.Token);
                if (read.IsCompleted && await findLoss(either.Token) is { } loss)
                {
                    body.AdvanceTo(read.Buffer.End);
                    throw Failure = loss.ToException();
                }

                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    await stream.WriteAsync(part, either.Token);
                }

                body.AdvanceTo(read.Buffer.End);
                await stream.FlushAsync(either.Token);
                isLast = read.IsCompleted;
            }
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    protected override bool TryComputeLength(out long known)
    {
        known = length ?? -1;
        return length is not null;
    }

    protected override void Dispose(bool disposing)
    {
        _stop.Dispose();
        base.Dispose(disposing);
    }

    private async Task<ReadResult> ReadAsync(CancellationToken ct)
    {
        try
        {
            // A read cancelled by its token is still in progress for the server, which continues reading when the request is over.
            await using CancellationTokenRegistration stopped = ct.Register(body.CancelPendingRead);
            ReadResult read = await body.ReadAsync(CancellationToken.None);
            ct.ThrowIfCancellationRequested();
            return read;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Failure = e;
            throw;
        }
    }
}
