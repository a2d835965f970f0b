using System.IO.Pipelines;

namespace Hutch.Doors;

/// <summary>
/// A request body that is given up when nothing comes for a while. However slow, it may go on as long as something comes.
/// </summary>
public sealed class IdleTimeoutBody(PipeReader body, TimeSpan timeout, TimeProvider time) : PipeReader
{
    /// <summary>In the details of the refusal of a body that nothing came of any more: for how many seconds.</summary>
    public const string TimeoutDetail = "patience";

    private SequencePosition _end;
    private bool _isReading;

    /// <summary>
    /// Returns the bytes that a reader examined but did not consume when it gave up, so that the connection can continue.
    /// </summary>
    public void Release()
    {
        if (_isReading)
        {
            AdvanceTo(_end);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        bool read = body.TryRead(out result);
        if (read)
        {
            Watch(result);
        }

        return read;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read = body.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? WatchAsync(read) : WaitAsync(read.AsTask(), cancellationToken);
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
        _isReading = false;
        body.AdvanceTo(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _isReading = false;
        body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    private async ValueTask<ReadResult> WaitAsync(Task<ReadResult> read, CancellationToken ct)
    {
        try
        {
            return Watch(await read.WaitAsync(timeout, time, ct));
        }
        catch (OperationCanceledException)
        {
            await EndAsync(read);
            throw;
        }
        catch (TimeoutException)
        {
            await EndAsync(read);
            throw ErrorCode.BadRequest.With(
                $"No data for {timeout.TotalSeconds:0} s: the request was aborted. What was durable before is kept.",
                TimeoutDetail,
                timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)).ToException();
        }
    }

    /// <summary>
    /// Ends an abandoned read, also one that completed just as the wait was given up. The server continues to read the body when the
    /// request is over, and must find no read in progress.
    /// </summary>
    private async Task EndAsync(Task<ReadResult> read)
    {
        if (!read.IsCompleted)
        {
            body.CancelPendingRead();
        }

        await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (read.IsCompletedSuccessfully)
        {
            Watch(await read);
        }
    }

    private async ValueTask<ReadResult> WatchAsync(ValueTask<ReadResult> read) => Watch(await read);

    private ReadResult Watch(ReadResult read)
    {
        _end = read.Buffer.End;
        _isReading = true;
        return read;
    }
}
